"""What a patient comes for: one story, told by every document about it. Invented, plausible, no medical advice."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.letters import medicines as m
from simulator.letters.medicines import Treatment


@dataclass(frozen=True, slots=True)
class Scenario:
    """A reason to see a doctor, with what is found and what is done."""

    name: str
    youngest: int
    oldest: int
    reason: str
    history: str
    findings: str
    conclusion: str
    plan: str
    specialist: str
    question: str
    """What the specialist is asked."""
    treatments: tuple[Treatment, ...]
    chronic: bool = False
    """Followed for years, and not over in a week."""
    women_only: bool = False

    def fits(self, age: int, *, female: bool) -> bool:
        """It may happen to such a patient."""
        return self.youngest <= age <= self.oldest and (female or not self.women_only)


MORNING, NOON, EVENING = "matin", "midi", "soir"

SCENARIOS = (
    Scenario(
        "hypertension", 35, 110,
        "Suivi d’une hypertension artérielle essentielle.",
        "Hypertension artérielle connue depuis plusieurs années, traitée par bithérapie. Pas d’antécédent coronarien.",
        "Automesures tensionnelles moyennes légèrement au-dessus de l’objectif. Auscultation cardiaque régulière, sans "
        "souffle. Pas d’œdème des membres inférieurs.",
        "Hypertension artérielle insuffisamment contrôlée, sans retentissement clinique.",
        "Poursuite de la bithérapie, règles hygiéno-diététiques rappelées, automesure pendant 3 jours avant la "
        "prochaine consultation, ionogramme et créatininémie à prévoir.",
        "cardiologie",
        "un avis sur l’équilibre tensionnel et la réalisation d’une échocardiographie de référence",
        (Treatment(m.RAMIPRIL, "1", (MORNING,), 90, renewals=2),
         Treatment(m.AMLODIPINE, "1", (EVENING,), 90, renewals=2)),
        chronic=True,
    ),
    Scenario(
        "diabetes", 35, 110,
        "Suivi trimestriel d’un diabète de type 2.",
        "Diabète de type 2 traité par antidiabétiques oraux, dyslipidémie associée. Pas de complication connue.",
        "Poids stable. Pouls périphériques perçus, monofilament normal aux deux pieds, pas de plaie.",
        "Diabète de type 2 d’équilibre satisfaisant ; dépistage annuel des complications à compléter.",
        "Traitement inchangé, HbA1c dans 3 mois, fond d’œil annuel, rapport albuminurie/créatininurie à contrôler.",
        "ophtalmologie",
        "la réalisation du fond d’œil annuel de dépistage de la rétinopathie diabétique",
        (Treatment(m.METFORMIN, "1", (MORNING, EVENING), 90, "à prendre au milieu du repas", renewals=1),
         Treatment(m.GLICLAZIDE, "1", (MORNING,), 90, "au petit déjeuner", renewals=1),
         Treatment(m.ATORVASTATIN, "1", (EVENING,), 90, renewals=1)),
        chronic=True,
    ),
    Scenario(
        "asthma", 12, 90,
        "Gêne respiratoire nocturne chez un sujet asthmatique.",
        "Asthme allergique depuis l’enfance. Pas d’hospitalisation pour exacerbation.",
        "Quelques sibilants expiratoires bilatéraux, saturation normale en air ambiant, pas de signe de lutte.",
        "Asthme partiellement contrôlé.",
        "Reprise du traitement de fond, technique d’inhalation revue, plan d’action écrit remis, contrôle dans un "
        "mois.",
        "pneumologie",
        "une réévaluation du contrôle de l’asthme avec exploration fonctionnelle respiratoire",
        (Treatment(m.BUDESONIDE_FORMOTEROL, "2", (MORNING, EVENING), 30, "rincer la bouche après chaque prise",
                   renewals=2),
         Treatment(m.SALBUTAMOL, "2", (), 30, per_day=4,
                   when="en cas de gêne respiratoire, 4 fois par jour au maximum")),
        chronic=True,
    ),
    Scenario(
        "pharyngitis", 16, 80,
        "Fièvre et odynophagie depuis 48 heures.",
        "Pas d’antécédent notable. Pas d’allergie médicamenteuse connue.",
        "Amygdales érythémateuses, adénopathies cervicales sensibles, tympans normaux. Test rapide d’orientation "
        "diagnostique de l’angine positif.",
        "Angine à streptocoque du groupe A.",
        "Antibiothérapie de 6 jours, antalgique à la demande, reconsulter en l’absence d’amélioration à 72 heures.",
        "oto-rhino-laryngologie",
        "un avis devant des angines récidivantes, la cinquième sur douze mois",
        (Treatment(m.AMOXICILLIN, "1", (MORNING, EVENING), 6),
         Treatment(m.PARACETAMOL, "1", (), 5, per_day=3,
                   when="en cas de douleur ou de fièvre, 3 fois par jour au maximum")),
    ),
    Scenario(
        "otitis", 1, 15,
        "Otalgie fébrile depuis la veille.",
        "Vaccinations à jour. Pas d’allergie connue, développement staturo-pondéral régulier.",
        "Tympan droit congestif et bombé, gorge propre, auscultation pulmonaire libre. Bon état général.",
        "Otite moyenne aiguë droite purulente.",
        "Antibiothérapie adaptée au poids, antalgique, contrôle des tympans en fin de traitement.",
        "oto-rhino-laryngologie",
        "un avis devant des otites récidivantes avec retentissement auditif possible",
        (Treatment(m.AMOXICILLIN_SYRUP, "1", (MORNING, NOON, EVENING), 8,
                   "dose-poids de la pipette graduée ; conserver le flacon au réfrigérateur"),
         Treatment(m.PARACETAMOL_SYRUP, "1", (), 3, per_day=4,
                   when="toutes les 6 heures en cas de douleur ou de fièvre")),
    ),
    Scenario(
        "back-pain", 18, 75,
        "Lombalgie aiguë après un effort de soulèvement.",
        "Premier épisode. Travail avec port de charges. Pas d’antécédent de néoplasie ni de corticothérapie.",
        "Raideur lombaire, distance doigts-sol augmentée. Pas de déficit moteur ni sensitif, signe de Lasègue "
        "négatif.",
        "Lombalgie commune aiguë sans signe d’alerte.",
        "Maintien de l’activité, antalgique et anti-inflammatoire en cure courte, rééducation si douleur au-delà de "
        "4 semaines.",
        "rhumatologie",
        "un avis devant une lombalgie persistant depuis plus de trois mois malgré la rééducation",
        (Treatment(m.IBUPROFEN, "1", (MORNING, EVENING), 5, "au cours des repas"),
         Treatment(m.OMEPRAZOLE, "1", (EVENING,), 5),
         Treatment(m.PARACETAMOL, "1", (), 8, when="en cas de douleur, 3 fois par jour au maximum", per_day=3)),
    ),
    Scenario(
        "atrial-fibrillation", 60, 110,
        "Suivi d’une fibrillation atriale paroxystique anticoagulée.",
        "Fibrillation atriale découverte sur Holter, hypertension artérielle. Fonction rénale normale pour l’âge.",
        "Rythme régulier, pas de signe d’insuffisance cardiaque, pas d’hématome ni de saignement extériorisé.",
        "Fibrillation atriale paroxystique, anticoagulation bien tolérée.",
        "Poursuite du traitement, carte d’anticoagulant à jour, hémogramme et créatininémie semestriels.",
        "cardiologie",
        "la consultation annuelle de surveillance rythmologique",
        (Treatment(m.APIXABAN, "1", (MORNING, EVENING), 90, "ne jamais interrompre sans avis médical", renewals=1),
         Treatment(m.BISOPROLOL, "1", (MORNING,), 90, renewals=1)),
        chronic=True,
    ),
    Scenario(
        "hypothyroidism", 18, 110,
        "Asthénie, contrôle d’une hypothyroïdie substituée.",
        "Thyroïdite auto-immune, substitution depuis plusieurs années.",
        "Fréquence cardiaque régulière, pas de goitre palpé, peau souple.",
        "Hypothyroïdie substituée, TSH à la limite supérieure de la cible.",
        "Posologie maintenue, TSH de contrôle dans 8 semaines.",
        "endocrinologie",
        "un avis sur l’adaptation de la substitution thyroïdienne",
        (Treatment(m.LEVOTHYROXINE, "1", (MORNING,), 90, "à jeun, 30 minutes avant le petit déjeuner", renewals=3,
                   substitutable=False),
         Treatment(m.CHOLECALCIFEROL, "1", (), 1, when="à boire dans un verre d’eau")),
        chronic=True,
    ),
    Scenario(
        "rhinitis", 12, 80,
        "Rhinite et conjonctivite saisonnières.",
        "Rhinite allergique aux pollens de graminées. Pas d’asthme connu.",
        "Muqueuse nasale pâle et œdématiée, conjonctives injectées, auscultation pulmonaire libre.",
        "Rhinoconjonctivite allergique saisonnière modérée.",
        "Antihistaminique pendant la saison pollinique, corticoïde nasal, éviction des allergènes.",
        "allergologie",
        "un bilan allergologique et l’indication éventuelle d’une immunothérapie",
        (Treatment(m.CETIRIZINE, "1", (EVENING,), 30, renewals=1),
         Treatment(m.MOMETASONE, "2", (MORNING,), 30, "dans chaque narine", renewals=1)),
    ),
    Scenario(
        "cystitis", 16, 65,
        "Brûlures mictionnelles et pollakiurie depuis 24 heures.",
        "Pas de facteur de risque de complication, pas de grossesse en cours.",
        "Apyrexie, pas de douleur lombaire à l’ébranlement. Bandelette urinaire : leucocytes et nitrites positifs.",
        "Cystite aiguë simple.",
        "Traitement antibiotique monodose, hydratation, reconsulter en cas de fièvre ou de douleur lombaire.",
        "urologie",
        "un avis devant des cystites récidivantes, la quatrième sur douze mois",
        (Treatment(m.FOSFOMYCIN, "1", (EVENING,), 1, "dans un demi-verre d’eau, à distance des repas"),),
        women_only=True,
    ),
)
