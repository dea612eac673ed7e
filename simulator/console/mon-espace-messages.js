// Conversations: the list, reading, and answering. Opening a message is what sends the receipt.

import {announce, encoded, field, form, h, Refusal, show} from "/console/console.js";
import {row} from "/console/mon-espace-accueil.js";
import {attaching, text, whoWrites} from "/console/mon-espace-envoi.js";
import {choosing} from "/console/mon-espace-documents.js";
import {message} from "/console/mon-espace-message.js";

const RECEIPTS = "Quand vous ouvrez un message, un accusé de lecture part au professionnel qui l’a demandé ; il ne se refuse pas.";

/** #/messages */
export async function messages(space) {
  const list = h("section", {class: "carte", "aria-label": "Conversations"});
  const fill = async () => {
    const {items} = await space.get("/conversations");
    show(list, items.length ? h("ul", {class: "liste"}, items.map(row))
      : h("p", {}, "Aucun message pour l’instant. Seul un professionnel peut commencer un échange avec vous, sauf votre pharmacie : vous pouvez lui écrire."));
  };
  await fill();
  return {
    title: "Mes messages",
    parts: [h("div", {class: "actions"}, h("a", {class: "bouton principal", href: "#/envoyer/1"}, "Nouveau message")),
      h("p", {class: "discret"}, RECEIPTS), list],
    live: fill,
  };
}

/** #/conversation/12.3: the one that holds this message. */
export async function conversation(space, id) {
  const told = h("div", {class: "fil-messages"});
  const state = h("div", {});
  const reply = h("div", {});
  let answered = "";

  async function find() {
    const {items} = await space.get("/conversations");
    const found = items.find((one) => one.id === id || one.messages.some((mail) => mail.id === id));
    if (!found) throw new Refusal(404, {french: "Cette conversation n’est plus dans votre espace."});
    return found;
  }

  /** One after the other: what happens live and what the person does must not bring a message in twice. */
  let last = Promise.resolve();
  const fill = (open) => (last = last.then(() => complete(open), () => complete(open)));

  /** The messages that are not in the page yet; those that come later wait to be opened. */
  async function complete(open) {
    const held = await find();
    for (const mail of held.messages) {
      if (!told.querySelector(`[data-id="${mail.id}"]`)) told.append(await message(space, mail, open, refresh));
    }
    show(state, ending(held));
    if (held.answerable !== answered) {
      answered = held.answerable;
      show(reply, answered && answering(space, held, await space.get(""), () => fill(false)));
    }
    return held;
  }
  const refresh = () => fill(false);

  const held = await fill(true);
  return {
    title: held.subject || "(sans objet)",
    parts: [h("p", {class: "fil"}, h("a", {href: "#/messages"}, "Mes messages"), ` · ${held.name || "Système de messagerie"}`), told, state, reply],
    live: refresh,
  };
}

/** What has become of the exchange, in words. */
function ending(held) {
  const received = held.messages.filter((mail) => mail.incoming);
  if (held.answerable !== null) return [];
  const why = held.ended_by ? `${held.ended_by} a mis fin à vos échanges.` : received.at(-1)?.why_not;
  if (why) return h("p", {class: "bulle fin", role: "status"}, why);
  const again = held.correspondent !== null && held.state === "open";
  return again && h("p", {class: "discret"}, "Vous pourrez répondre quand une réponse sera arrivée. ",
    h("a", {href: `#/envoyer/1//${encodeURIComponent(held.correspondent)}`}, `Écrire un autre message à ${held.name}`));
}

/** The way to answer: a button that opens the form. */
function answering(space, held, profile, done) {
  const original = held.messages.find((mail) => mail.id === held.answerable);
  const place = h("div", {class: "actions"});
  const begin = (all) => async () => {
    const written = await writing(space, held, profile, original, all, async () => { closed(); await done(); }, closed);
    show(place, written);
    written.querySelector("textarea").focus();
  };
  function closed() {
    show(place,
      h("button", {type: "button", class: "principal", onclick: begin(false)}, `Répondre à ${original.author}`),
      original.others.length > 0 && h("button", {type: "button", onclick: begin(true)}, "Répondre à tous"));
  }
  closed();
  return place;
}

async function writing(space, held, profile, original, all, sent, closed) {
  const {items} = await space.get("/documents");
  const files = attaching();
  const fields = [
    field(all ? "Votre réponse à tous" : `Votre réponse à ${original.author}`, text("")),
    h("details", {}, h("summary", {}, "Joindre un document ou un fichier"), choosing(items, []), files.element),
    whoWrites(profile, ""),
  ];
  const made = form("Réponse", fields, async ({body, caregiver}) => {
    if (!body.trim()) throw new Refusal(422, {french: "Écrivez d’abord votre réponse."});
    const documents = [...made.querySelectorAll("[name=documents]:checked")].map((box) => box.value);
    await space.post("/messages", {
      in_reply_to: original.id, reply_all: all, body, documents, files: await encoded(files.chosen()), caregiver: caregiver || null,
    });
    announce("Votre réponse est envoyée.");
    await sent();
  }, "Envoyer");
  made.classList.add("carte", "reponse");
  made.querySelector(".actions").append(h("button", {type: "button", onclick: closed}, "Annuler"));
  return made;
}
