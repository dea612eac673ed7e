"""Medicines by their international name, and how they are taken. ATC codes are WHO's; there are no brands."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.letters.typography import joined

ORAL, INHALED, NASAL = "orale", "inhalée", "nasale"


@dataclass(frozen=True, slots=True)
class Medicine:
    """A virtual medicine: substance, strength and form."""

    substance: str
    strength: str
    form: str
    unit: str
    """What is taken: ``comprimé``; several take an s."""
    atc: str
    route: str = ORAL

    @property
    def name(self) -> str:
        """As a prescription names it."""
        return f"{self.substance.upper()} {self.strength}, {self.form}"

    def units(self, count: str) -> str:
        """``2 comprimés``."""
        several = count not in ("1", "1/2", "0,5")
        return f"{count} {self.unit}{'s' if several and not self.unit.endswith(('s', 'x')) else ''}"


@dataclass(frozen=True, slots=True)
class Treatment:
    """A medicine with its posology."""

    medicine: Medicine
    dose: str
    """Units at a time: ``1``, ``2``."""
    moments: tuple[str, ...]
    """``matin``, ``midi``, ``soir``, ``coucher``; empty where ``when`` says it."""
    days: int
    advice: str = ""
    when: str = ""
    """Instead of moments: ``en cas de douleur, 3 fois par jour au maximum``."""
    per_day: int = 0
    """Times a day at most, where ``when`` says it."""
    renewals: int = 0
    substitutable: bool = True

    @property
    def frequency(self) -> int:
        """Times a day."""
        return len(self.moments) or self.per_day or 1

    @property
    def dose_text(self) -> str:
        """``1 comprimé``."""
        return self.medicine.units(self.dose)

    @property
    def rhythm(self) -> str:
        """``le matin et le soir``, or what ``when`` says."""
        if not self.moments:
            return self.when
        names = {"coucher": "au coucher", "midi": "à midi"}
        return joined([names.get(moment, f"le {moment}") for moment in self.moments])

    @property
    def duration(self) -> str:
        """``pendant 7 jours``."""
        if self.days == 1:
            return "en une prise unique"
        months, rest = divmod(self.days, 30)
        return f"pendant {months} mois" if months > 1 and not rest else f"pendant {self.days} jours"

    @property
    def posology(self) -> str:
        """The whole sentence."""
        return f"{self.dose_text} {self.rhythm}, {self.duration}"


def tablet(substance: str, amount: float, unit: str, atc: str, form: str = "comprimé") -> Medicine:
    """A medicine that is swallowed by the piece."""
    shown = f"{amount:g}".replace(".", ",")
    kind = "gélule" if form.startswith("gélule") else "sachet" if "sachet" in form else "comprimé"
    return Medicine(substance, f"{shown} {unit}", form, kind, atc)


PARACETAMOL = tablet("paracétamol", 1, "g", "N02BE01")
PARACETAMOL_SYRUP = Medicine("paracétamol", "2,4 %", "suspension buvable", "dose-poids", "N02BE01")
AMOXICILLIN = tablet("amoxicilline", 1, "g", "J01CA04", "comprimé dispersible")
AMOXICILLIN_SYRUP = Medicine("amoxicilline", "250 mg/5 mL", "poudre pour suspension buvable", "dose-poids", "J01CA04")
RAMIPRIL = tablet("ramipril", 5, "mg", "C09AA05")
AMLODIPINE = tablet("amlodipine", 5, "mg", "C08CA01", "gélule")
METFORMIN = tablet("metformine", 1000, "mg", "A10BA02", "comprimé pelliculé")
GLICLAZIDE = tablet("gliclazide", 60, "mg", "A10BB09", "comprimé à libération modifiée")
ATORVASTATIN = tablet("atorvastatine", 20, "mg", "C10AA05", "comprimé pelliculé")
BUDESONIDE_FORMOTEROL = Medicine("budésonide/formotérol", "160/4,5 µg par dose", "poudre pour inhalation", "inhalation",
                                 "R03AK07", INHALED)
SALBUTAMOL = Medicine("salbutamol", "100 µg par dose", "suspension pour inhalation", "bouffée", "R03AC02", INHALED)
IBUPROFEN = tablet("ibuprofène", 400, "mg", "M01AE01", "comprimé pelliculé")
OMEPRAZOLE = tablet("oméprazole", 20, "mg", "A02BC01", "gélule gastrorésistante")
APIXABAN = tablet("apixaban", 5, "mg", "B01AF02", "comprimé pelliculé")
BISOPROLOL = tablet("bisoprolol", 2.5, "mg", "C07AB07", "comprimé pelliculé")
LEVOTHYROXINE = tablet("lévothyroxine", 75, "µg", "H03AA01")
CETIRIZINE = tablet("cétirizine", 10, "mg", "R06AE07")
MOMETASONE = Medicine("mométasone", "50 µg par dose", "suspension pour pulvérisation nasale", "pulvérisation",
                      "R01AD09", NASAL)
FOSFOMYCIN = tablet("fosfomycine", 3, "g", "J01XX01", "granulés en sachet")
CHOLECALCIFEROL = Medicine("cholécalciférol", "100 000 UI", "solution buvable", "ampoule", "A11CC05")
