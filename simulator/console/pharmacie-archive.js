// An archive IHE_XDM.zip, opened: whose documents, which ones, and what is wrong with it.
import {day, h, size} from "/console/console.js";
import {identityCard, peekButton} from "/console/pharmacie-mots.js";

/** The archive as the server tells it; `url` leads to its documents, `patients` are those the message names. */
export function archivePart(archive, url, patients) {
  const other = archive.patient && patients.length > 0 && !patients.some((person) => same(person.patient.ins, archive.patient.ins));
  return h("div", {class: "xdm"},
    archive.patient ? identityCard(archive.patient) : h("p", {}, "L’archive ne dit pas de quel patient elle parle."),
    other && h("p", {class: "carte refus", role: "alert"}, "Attention : cette archive ne concerne pas le patient du message."),
    h("p", {}, h("span", {class: `etiquette ${archive.is_sound ? "vert" : "rouge"}`}, archive.is_sound ? "Archive conforme" : "Archive non conforme")),
    archive.plain.length > 0 && h("ul", {}, archive.plain.map((problem) => h("li", {}, problem))),
    archive.problems.length > 0 && h("details", {}, h("summary", {}, "Détail technique"),
      h("ul", {lang: "en"}, archive.problems.map((problem) => h("li", {}, problem)))),
    archive.documents.map((document) => documentPart(document, `${url}/${document.place}`)));
}

/** A matricule may be written without the two characters of its key. */
const same = (one, other) => one.slice(0, 13).toUpperCase() === other.slice(0, 13).toUpperCase();

function documentPart(document, url) {
  const below = h("div", {});
  const peek = peekButton("Afficher le PDF", below, () => h("iframe", {class: "apercu", src: `${url}?inline=true`, title: document.title}));
  const intact = {true: ["Intact", "vert"], false: ["Empreinte fausse", "rouge"]}[document.intact];
  return h("section", {class: "document", "aria-label": document.title},
    h("h4", {}, document.title || document.kind || document.name, " ", intact && h("span", {class: `etiquette ${intact[1]}`}, intact[0])),
    h("p", {class: "discret"}, [document.kind, document.author, document.institution, document.created && day(document.created),
      size(document.size)].filter(Boolean).join(" · ")),
    document.sections.map((part) => h("div", {}, h("h5", {}, part.title), h("div", {class: "texte"}, part.text))),
    h("div", {class: "actions serre"}, document.has_pdf && peek,
      h("a", {class: "bouton petit", href: url, download: document.name || true}, "Enregistrer")),
    below);
}
