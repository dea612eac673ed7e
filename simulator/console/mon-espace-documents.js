// The section Documents: by kind and date, shown in place, added and removed.

import {announce, base64, canBeShown, day, fact, field, form, h, Refusal, show, size} from "/console/console.js";
import {DOCUMENT_ENDINGS, DOCUMENT_LIMIT, limit, number, saving, viewer, whyNotTaken} from "/console/mon-espace-space.js";

const KINDS = [["DOCPAT01", "Document déposé par moi"], ["57833-6", "Ordonnance"], ["11502-2", "Résultats d’analyses"], ["52040-3", "Image"]];
const FROM = {configuration: "", patient: "Ajouté par vous", message: "Reçu par message"};

/** #/documents */
export async function documents(space) {
  const list = h("div", {});
  const fill = async () => show(list, byKind((await space.get("/documents")).items));
  await fill();
  return {title: "Mes documents", parts: [adding(space, fill), list], live: fill};
}

/** Documents under the heading of their kind, newest first. */
function byKind(items) {
  if (items.length === 0) return [h("p", {class: "carte"}, "Vous n’avez aucun document pour l’instant.")];
  const kinds = [...new Set(items.map((one) => one.kind))];
  return kinds.map((kind, place) => h("section", {class: "carte", "aria-labelledby": `genre-${place}`},
    h("h2", {id: `genre-${place}`}, kind),
    h("ul", {class: "liste"}, items.filter((one) => one.kind === kind).map(row))));
}

function row(one) {
  return h("li", {}, h("a", {class: "rangee", href: `#/document/${encodeURIComponent(one.id)}`},
    h("strong", {}, one.title), h("time", {class: "discret", datetime: one.date}, day(one.date)),
    h("span", {class: "discret sujet"}, one.author), FROM[one.source] && h("span", {class: "etiquette"}, FROM[one.source])));
}

function adding(space, done) {
  const file = h("input", {name: "file", type: "file", required: true, accept: DOCUMENT_ENDINGS.join(",")});
  const fields = [
    field("Fichier ou photo", file, `Un fichier à la fois, ${limit(DOCUMENT_LIMIT)} au plus : ${DOCUMENT_ENDINGS.join(", ")}.`),
    field("Titre", h("input", {name: "title", maxlength: "200", autocomplete: "off"}), "Facultatif : le nom du fichier, sinon."),
    field("Type", h("select", {name: "code"}, KINDS.map(([code, label]) => h("option", {value: code}, label)))),
  ];
  const made = form("Ajouter un document", fields, async ({title, code}) => {
    const [chosen] = file.files;
    const wrong = chosen ? whyNotTaken([chosen], DOCUMENT_ENDINGS, DOCUMENT_LIMIT) : "Choisissez d’abord un fichier.";
    if (wrong) throw new Refusal(422, {french: wrong});
    await space.post("/documents", {name: chosen.name, content: await base64(chosen), title, code});
    made.reset();
    whole.open = false;
    announce("Le document est dans votre espace.");
    await done();
  }, "Ajouter");
  const whole = h("details", {class: "carte ajout"}, h("summary", {}, "Ajouter un document"), made);
  return whole;
}

/** #/document/c0 */
export async function document_(space, id) {
  const one = (await space.get("/documents")).items.find((document) => document.id === id);
  if (!one) throw new Refusal(404, {french: "Ce document n’est plus dans votre espace."});
  const url = `/documents/${encodeURIComponent(id)}`;
  const own = !id.startsWith("c");
  return {
    title: one.title,
    parts: [
      h("p", {class: "fil"}, h("a", {href: "#/documents"}, "Mes documents")),
      h("section", {class: "carte", "aria-label": "Document"},
        h("dl", {class: "faits"}, one.kind && fact("Type", one.kind), one.author && fact("Auteur", one.author), fact("Date", day(one.date)), fact("Fichier", `${one.name}, ${size(one.size)}`)),
        h("div", {class: "actions"},
          h("a", {class: "bouton principal", href: `#/envoyer/1/${encodeURIComponent(id)}`}, "Envoyer à ma pharmacie"),
          saving(space.file(url), one.name),
          own && h("button", {type: "button", class: "danger", onclick: () => take(space, one)}, "Retirer"))),
      canBeShown(one.type)
        ? viewer(one.type, space.file(url, true), one.title)
        : h("p", {class: "carte"}, "Ce type de fichier ne s’affiche pas ici : téléchargez-le."),
    ],
  };
}

async function take(space, one) {
  if (!window.confirm(`Retirer « ${one.title} » de votre espace ?`)) return;
  await space.remove(`/documents/${encodeURIComponent(one.id)}`);
  announce("Le document est retiré.");
  location.hash = "#/documents";
}

/** Documents to tick, for a message. `chosen` are ids. */
export function choosing(items, chosen) {
  if (items.length === 0) return h("p", {class: "discret"}, "Vous n’avez aucun document : vous pouvez prendre un fichier de cet appareil.");
  return h("fieldset", {}, h("legend", {}, "Mes documents"), items.map((one) => h("label", {class: "choix"},
    h("input", {type: "checkbox", name: "documents", value: one.id, checked: chosen.includes(one.id)}),
    h("span", {}, h("strong", {}, one.title), h("br"), h("span", {class: "discret"}, [one.kind, one.author, day(one.date)].filter(Boolean).join(" · "))))));
}

/** "2 documents, 1 fichier" */
export const enclosed = (documents, files) => [
  documents ? number(documents, "document") : "", files ? number(files, "fichier de cet appareil", "fichiers de cet appareil") : "",
].filter(Boolean).join(", ") || "aucun document";
