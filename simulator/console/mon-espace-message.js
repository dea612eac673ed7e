// One message of a conversation: its words, its files, the archives of health documents that it brings.

import {announce, canBeShown, day, h, moment, Refusal, refusalCard, show, size} from "/console/console.js";
import {canBeKept, number, saving, viewer} from "/console/mon-espace-space.js";

/** Characters after which the frame of a letter is tall. */
const LONG = 900;

/** A message as an element. `open`: unread ones are opened at once; else a button does it. */
export async function message(space, mail, open, changed) {
  const bubble = h("article", {class: `bulle${mail.incoming ? "" : " moi"}${mail.closes ? " fin" : ""}`, "data-id": mail.id,
    "aria-label": mail.incoming ? `Message de ${mail.author}` : "Votre message"});
  const read = async () => show(bubble, content(space, await space.post(path(mail, "/open"))));
  if (!mail.incoming) show(bubble, content(space, await space.get(path(mail))));
  else if (mail.opened || open) await read();
  else show(bubble, head(mail), h("p", {}, "Nouveau message. ", mail.asks_receipt && "L’ouvrir envoie un accusé de lecture."),
    h("button", {type: "button", class: "principal", onclick: async () => { await read(); await changed(); }}, "Ouvrir le message"));
  return bubble;
}

const path = (mail, more = "") => `/messages/${encodeURIComponent(mail.id)}${more}`;

function head(mail) {
  return h("header", {class: "tete"}, h("strong", {}, mail.incoming ? mail.author : "Vous"),
    h("time", {class: "discret", datetime: mail.at}, moment(mail.at)));
}

function content(space, mail) {
  if (mail.closes) return [h("p", {}, `${mail.author} a mis fin à vos échanges.`), h("time", {class: "discret", datetime: mail.at}, moment(mail.at))];
  return [head(mail), words(space, mail), mail.files.length > 0 && files(space, mail), receipt(mail)];
}

/** HTML of others is cleaned by the server and shown in a frame that runs nothing and fetches nothing. */
function words(space, mail) {
  if (!mail.incoming || !mail.has_html) return h("div", {class: "texte"}, mail.text);
  return h("iframe", {class: `lettre${mail.text.length > LONG ? " longue" : ""}`, sandbox: "", src: space.file(path(mail, "/html")),
    title: `Texte du message de ${mail.author}`});
}

function receipt(mail) {
  if (!mail.incoming) return null;
  const sent = mail.receipt_at || mail.receipt_to;
  return sent && h("p", {class: "discret accuse"}, `Accusé de lecture envoyé à ${mail.author}`, mail.receipt_at && ` le ${moment(mail.receipt_at)}`, ".");
}

// -- files
function files(space, mail) {
  return h("section", {class: "pieces", "aria-label": "Pièces jointes"},
    h("ul", {class: "liste"}, mail.files.map((file) => attached(space, mail, file))));
}

function attached(space, mail, file) {
  const base = path(mail, `/files/${file.place}`);
  const below = h("div", {class: "dessous"});
  const name = file.name || "fichier sans nom";
  return h("li", {class: "piece"},
    h("span", {}, h("strong", {}, file.is_xdm ? "Archive de documents de santé" : name), " ",
      h("span", {class: "discret"}, `${file.is_xdm ? `${name}, ` : ""}${size(file.size)}`)),
    h("span", {class: "actions"},
      file.is_xdm && opener("Ouvrir", below, () => archive(space, base)),
      canBeShown(file.type) && opener("Afficher", below, () => viewer(file.type, space.file(base, true), name), name),
      saving(space.file(base), name),
      mail.incoming && canBeKept(name) && keeping(space, base, {}, name)),
    below);
}

/** A button that shows something below, and hides it again. */
function opener(label, below, make, what = "") {
  const button = h("button", {type: "button", "aria-expanded": "false", onclick: async () => {
    const opens = button.getAttribute("aria-expanded") === "false";
    button.setAttribute("aria-expanded", String(opens));
    button.firstChild.textContent = opens ? "Refermer" : label;
    show(below, opens && await make());
  }}, label, h("span", {class: "cache"}, ` ${what}`));
  return button;
}

function keeping(space, base, wanted, what) {
  const button = h("button", {type: "button", onclick: async () => {
    button.disabled = true;
    try {
      const kept = await space.post(`${base}/save`, wanted);
      announce(`« ${kept.title} » est dans vos documents.`);
      show(button, "Enregistré dans mes documents");
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      announce(problem.message, "error");
      button.disabled = false;
    }
  }}, "Enregistrer dans mes documents", h("span", {class: "cache"}, ` ${what}`));
  return button;
}

// -- IHE_XDM.zip
async function archive(space, base) {
  let held;
  try {
    held = await space.get(`${base}/archive`);
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return refusalCard(problem);
  }
  return h("div", {class: "archive"},
    h("p", {}, held.patient || held.matricule
      ? ["Au nom de ", h("strong", {}, held.patient || "?"), held.matricule && `, matricule ${held.matricule}`, "."]
      : "L’archive ne dit pas de qui elle parle."),
    held.matricule && held.matricule !== space.ins && h("p", {class: "carte refus", role: "alert"},
      "Ce matricule n’est pas le vôtre : prévenez le professionnel qui vous l’a envoyée."),
    held.documents.length === 0 && h("p", {class: "carte avis"}, "Aucun document ne peut être lu dans cette archive."),
    h("ul", {class: "liste"}, held.documents.map((one) => inside(space, base, one))),
    problems(held));
}

function inside(space, base, one) {
  const below = h("div", {class: "dessous"});
  const from = [one.kind, one.author, one.institution, one.created && day(one.created)].filter(Boolean).join(" · ");
  const title = one.title || one.name || "Document";
  return h("li", {class: "piece"},
    h("span", {}, h("strong", {}, title), h("br"), h("span", {class: "discret"}, from),
      one.intact === false && h("span", {class: "etiquette rouge"}, "Altéré en chemin")),
    h("span", {class: "actions"},
      one.has_pdf && opener("Afficher", below, () => viewer("application/pdf", space.file(`${base}/archive/${one.place}`, true), title), title),
      one.sections.length > 0 && opener("Lire", below, () => sections(one.sections), title),
      keeping(space, base, {document: one.place}, title)),
    below);
}

const sections = (parts) => h("div", {class: "carte"}, parts.map(({title, text}) => [h("h3", {}, title), h("p", {class: "texte"}, text)]));

function problems(held) {
  if (held.problems.length === 0) return h("p", {class: "discret"}, "L’archive est bien formée.");
  const grave = !held.is_sound;
  return h("div", {class: `carte ${grave ? "refus" : "avis"}`},
    h("p", {}, grave ? "Cette archive n’est pas conforme : demandez au professionnel de la renvoyer si un document manque ou ne vous concerne pas."
      : "Cette archive se lit, mais n’est pas tout à fait conforme."),
    h("ul", {}, held.plain.map((one) => h("li", {}, one))),
    h("details", {}, h("summary", {}, number(held.problems.length, "remarque technique", "remarques techniques")),
      h("ul", {lang: "en"}, held.problems.map((problem) => h("li", {}, problem)))));
}
