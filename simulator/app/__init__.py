"""The simulator as a whole: introduces doors, story, store and authority to each other, and decides nothing."""

from simulator.app.simulator import DOOR_PORTS, PortInUse, Simulator

__all__ = ["DOOR_PORTS", "PortInUse", "Simulator"]
