// Words and small signs that several views of the page Pharmacie share.
import {fact, h, moment, show} from "/console/console.js";

const SORTS = {
  patient: ["Patient", "vert"], professional: ["Professionnel", ""], notice: ["Message de l’opérateur", "ambre"],
  stranger: ["Hors espace de confiance", "rouge"],
};
const EXCHANGES = {
  none: ["Aucun échange ouvert", ""], open: ["Échange ouvert", "vert"], "no reply": ["Sans réponse possible", "ambre"],
  closed: ["Échange terminé", "rouge"],
};
const HOUR = new Intl.DateTimeFormat("fr-FR", {timeStyle: "short"});
const DAY = new Intl.DateTimeFormat("fr-FR", {day: "numeric", month: "short"});
const BIRTH = new Intl.DateTimeFormat("fr-FR", {dateStyle: "short"});

/** Patient or professional, in words (ECO.3.1.1). */
export function badge(person) {
  const [text, color] = SORTS[person.sort];
  return h("span", {class: `etiquette ${color}`}, text);
}

/** The state of the exchange with a patient. */
export function exchangeBadge(state) {
  const [text, color] = EXCHANGES[state] || [state, ""];
  return h("span", {class: `etiquette ${color}`}, text);
}

/** Short for lists: the hour today, the day before that. */
export function when(iso) {
  const date = new Date(iso);
  const today = date.toDateString() === new Date().toDateString();
  return h("time", {datetime: iso, title: moment(iso)}, today ? HOUR.format(date) : DAY.format(date));
}

/** "2 75 12 63 220 749 74": a matricule in the groups that people read aloud. */
export function spacedIns(ins) {
  return ins.replace(/^(.)(..)(..)(..)(...)(...)(..)$/, "$1 $2 $3 $4 $5 $6 $7");
}

/** Who the patient is: birth name, given name, INS (ECO.3.1.2). */
export function identityCard(patient) {
  const sex = {F: "Féminin", M: "Masculin"}[patient.sex];
  return h("dl", {class: "identite", "aria-label": "Identité du patient"},
    fact("Nom de naissance", patient.birth_name || "—"),
    fact("Prénom", patient.given_name || "—"),
    fact("Matricule INS", h("span", {class: "ins", "data-ins": patient.ins}, spacedIns(patient.ins))),
    patient.birth_date && fact("Né(e) le", born(patient.birth_date)),
    sex && fact("Sexe", sex),
    !patient.is_known && h("p", {class: "discret"}, "D’après le message : ce patient n’est pas connu de l’espace de confiance."));
}

/** "31/12/1975"; as it was written when it is no date. */
function born(written) {
  const date = new Date(`${written}T12:00:00`);
  return Number.isNaN(date.getTime()) ? written : BIRTH.format(date);
}

/** A button that shows something below, and hides it again. */
export function peekButton(label, below, make) {
  const button = h("button", {type: "button", class: "petit", "aria-expanded": "false", onclick: async () => {
    const open = button.getAttribute("aria-expanded") === "true";
    button.setAttribute("aria-expanded", String(!open));
    show(below, !open && await make());
  }}, label);
  return button;
}

/** Asks before something that cannot be undone; resolves to true or false. */
export function confirmed(title, text, label) {
  return new Promise((done) => {
    const dialog = h("dialog", {class: "question", "aria-labelledby": "question-titre"},
      h("h2", {id: "question-titre"}, title), h("p", {}, text),
      h("div", {class: "actions"},
        h("button", {type: "button", class: "danger", onclick: () => dialog.close("yes")}, label),
        h("button", {type: "button", autofocus: true, onclick: () => dialog.close("")}, "Annuler")));
    dialog.addEventListener("close", () => {
      dialog.remove();
      done(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
