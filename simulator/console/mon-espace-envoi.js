// The three steps: which documents, which pharmacy, which words; then the confirmation. Nothing leaves before the last click.

import {announce, encoded, fact, field, form, h, Refusal, show, size} from "/console/console.js";
import {others, seen} from "/console/mon-espace-accueil.js";
import {choosing, enclosed} from "/console/mon-espace-documents.js";
import {ATTACHED_ENDINGS, ATTACHED_LIMIT, limit, number, whyNotTaken} from "/console/mon-espace-space.js";

const STEPS = ["Les documents", "La pharmacie", "Le message"];
const fresh = () => ({documents: [], files: [], to: "", name: "", subject: "", body: "", reminder: "", caregiver: "", proposed: ""});
let wish = fresh();
let sent = null;

/** #/envoyer/2; #/envoyer/1/c0 takes a document along, #/envoyer/1//address a correspondent. */
export async function sending(space, step = "1", document = "", to = "") {
  if (step === "confirmation" && sent !== null) return confirmation();
  if (step === "1" && (document || to)) wish = {...fresh(), documents: document ? [document] : [], to};
  if (step === "3" && wish.to) return writing(space);
  if (step === "2" || step === "3") return addressing(space);
  return choosingDocuments(space);
}

function steps(now, ...parts) {
  const title = h("h2", {id: "etape"}, `Étape ${now} sur 3 : ${["que voulez-vous envoyer ?", "à quelle pharmacie ?", "votre message"][now - 1]}`);
  return {
    title: "Écrire à ma pharmacie",
    focus: title,
    parts: [
      h("ol", {class: "etapes", "aria-label": "Étapes"}, STEPS.map((label, place) => h("li", {
        class: place + 1 < now ? "faite" : "", "aria-current": place + 1 === now && "step",
      }, label, place + 1 < now && h("span", {class: "cache"}, " (faite)")))),
      h("section", {class: "carte", "aria-labelledby": "etape"}, title, parts),
    ],
  };
}

const go = (step) => { location.hash = `#/envoyer/${step}`; };
const before = (step) => h("a", {class: "bouton", href: `#/envoyer/${step}`}, "Étape précédente");

// -- 1: documents of the space, files of this device, or none
async function choosingDocuments(space) {
  const {items} = await space.get("/documents");
  const files = attaching(wish.files);
  const made = form("Documents à envoyer", [choosing(items, wish.documents), files.element], () => {
    wish.documents = [...made.querySelectorAll("[name=documents]:checked")].map((box) => box.value);
    wish.files = files.chosen();
    go(2);
  }, "Continuer");
  return steps(1,
    h("p", {}, "Une ordonnance, tout autre document de votre espace, ou rien du tout : vous pouvez aussi poser une simple question, par exemple si un médicament est disponible."),
    made);
}

/** Files of this device: shown with a way to take each back. */
export function attaching(begun = []) {
  let files = [...begun];
  const list = h("ul", {class: "liste pieces"});
  const wrong = h("div", {role: "alert"});
  const input = h("input", {type: "file", multiple: true, accept: ATTACHED_ENDINGS.join(",")});
  const fill = () => show(list, files.map((file) => h("li", {class: "piece"},
    h("span", {}, h("strong", {}, file.name), " ", h("span", {class: "discret"}, size(file.size))),
    h("button", {type: "button", class: "lien", onclick: () => { files = files.filter((one) => one !== file); fill(); input.focus(); }},
      "Retirer", h("span", {class: "cache"}, ` ${file.name}`)))));
  input.addEventListener("change", () => {
    const wanted = [...files, ...input.files];
    const why = whyNotTaken(wanted, ATTACHED_ENDINGS, ATTACHED_LIMIT);
    show(wrong, why && h("p", {class: "carte refus"}, why));
    if (!why) files = wanted;
    input.value = "";
    fill();
  });
  fill();
  const hint = `Photo ou fichier : ${ATTACHED_ENDINGS.join(", ")} ; ${limit(ATTACHED_LIMIT)} en tout. Il part avec le message sans être gardé dans vos documents.`;
  return {element: h("div", {}, field("Ajouter depuis cet appareil", input, hint), wrong, list), chosen: () => files};
}

// -- 2: a pharmacy that is offered, or somebody who wrote
async function addressing(space) {
  const [{items}, conversations] = await Promise.all([space.get("/pharmacies"), space.get("/conversations")]);
  const offered = items.filter((one) => one.offered).map((one) => ({address: one.mailbox, name: one.name, line: seen(one)}));
  const known = correspondents(conversations.items, offered);
  const made = form("Destinataire", [
    group("Pharmacies proposées", offered), group("Professionnels qui vous ont écrit", known),
  ], () => {
    const chosen = made.querySelector("[name=to]:checked");
    if (!chosen) throw new Refusal(422, {french: "Choisissez d’abord à qui vous écrivez."});
    wish.to = chosen.value;
    wish.name = [...offered, ...known].find((one) => one.address === wish.to).name;
    go(3);
  }, "Continuer");
  made.querySelector(".actions").append(before(1));
  const some = offered.length + known.length > 0;
  const view = steps(2,
    h("p", {}, "Vous joignez : ", h("strong", {}, enclosed(wish.documents.length, wish.files.length)), "."),
    offered.length === 0 && h("p", {class: "carte avis"}, "Aucune pharmacie ne peut recevoir votre message pour l’instant ; les raisons sont ci-dessous."),
    some ? made : before(1));
  view.parts.push(others(items));
  return view;
}

/** Whoever wrote and did not end the exchange, beside the pharmacies. */
function correspondents(conversations, offered) {
  const taken = new Set(offered.map((one) => one.address));
  const found = [];
  for (const {correspondent, name, state} of conversations) {
    if (correspondent === null || state !== "open" || taken.has(correspondent)) continue;
    taken.add(correspondent);
    found.push({address: correspondent, name, line: "Un échange est ouvert"});
  }
  return found;
}

function group(legend, people) {
  return people.length > 0 && h("fieldset", {}, h("legend", {}, legend), people.map((one) => h("label", {class: "choix"},
    h("input", {type: "radio", name: "to", value: one.address, checked: one.address === wish.to}),
    h("span", {}, h("strong", {}, one.name), one.line && [h("br"), h("span", {class: "discret"}, one.line)]))));
}

// -- 3: the message, proposed and free to change
async function writing(space) {
  const profile = await space.get("");
  await propose(space);
  const fields = [
    field("Objet", h("input", {name: "subject", value: wish.subject, maxlength: "200", autocomplete: "off"})),
    field("Message", text(wish.body), "Ce texte est une proposition : changez-le comme vous voulez."),
    whoWrites(profile),
    wish.reminder && h("p", {class: "carte avis"}, wish.reminder),
  ];
  const made = form("Message", fields, async ({subject, body, caregiver}) => {
    Object.assign(wish, {subject, body, caregiver: caregiver || ""});
    const answer = await space.post("/messages", {
      to: wish.to, subject, body, documents: wish.documents, files: await encoded(wish.files), caregiver: caregiver || null,
    });
    sent = {...wish, ...answer};
    wish = fresh();
    announce("Votre message est envoyé.");
    go("confirmation");
  }, "Envoyer");
  made.addEventListener("input", () => {
    const now = Object.fromEntries(new FormData(made));
    Object.assign(wish, {subject: now.subject, body: now.body, caregiver: now.caregiver || ""});
  });
  made.querySelector(".actions").append(before(2));
  return steps(3, h("dl", {class: "faits"},
    fact("À", wish.name), fact("Avec", enclosed(wish.documents.length, wish.files.length))), made);
}

/** A text area that holds these words. */
export function text(words) {
  const area = h("textarea", {name: "body", rows: "9", required: true});
  area.value = words;
  return area;
}

/** Ask for the proposal when it is about something else than before. */
async function propose(space) {
  const about = new URLSearchParams({to: wish.to, files: String(wish.files.length)});
  wish.documents.forEach((id) => about.append("documents", id));
  if (wish.proposed === about.toString()) return;
  Object.assign(wish, await space.get(`/draft?${about}`), {proposed: about.toString()});
}

/** Who writes, when there are caregivers. */
export function whoWrites(profile, chosen = wish.caregiver) {
  if (profile.caregivers.length === 0) return null;
  const one = (value, label, hint) => h("label", {class: "choix"},
    h("input", {type: "radio", name: "caregiver", value, checked: value === chosen}), h("span", {}, label, hint && h("span", {class: "discret"}, hint)));
  return h("fieldset", {}, h("legend", {}, "Qui écrit ce message ?"),
    one("", profile.name), profile.caregivers.map((name) => one(name, name, ", aidant : le message le dira")));
}

function confirmation() {
  const files = sent.documents.length + sent.files.length;
  return {
    title: "Votre message est envoyé",
    parts: [
      h("section", {class: "carte succes", "aria-label": "Confirmation"},
        h("p", {}, h("strong", {}, sent.name), " a reçu « ", sent.subject, " »", files > 0 && `, avec ${number(files, "pièce jointe", "pièces jointes")}`, "."),
        h("p", {}, "Sa réponse arrivera dans vos messages, et vous en serez prévenu."),
        sent.reminder && h("p", {}, h("strong", {}, sent.reminder))),
      h("div", {class: "actions"},
        sent.id && h("a", {class: "bouton principal", href: `#/conversation/${encodeURIComponent(sent.id)}`}, "Voir la conversation"),
        h("a", {class: "bouton", href: "#/"}, "Retour à l’accueil")),
    ],
  };
}
