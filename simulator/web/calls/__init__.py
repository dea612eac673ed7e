"""The calls, by noun. Each translates: a shape into a control, its outcome into a shape. None decides anything."""
