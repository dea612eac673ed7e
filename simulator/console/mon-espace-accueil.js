// The home view, and the pharmacies of a patient: those that may be written to, and why the others may not.

import {day, h, moment} from "/console/console.js";
import {number, unread} from "/console/mon-espace-space.js";

/** #/ */
export async function home(space) {
  const [conversations, documents, pharmacies] = await Promise.all(
    [space.get("/conversations"), space.get("/documents"), space.get("/pharmacies")]);
  const waiting = unread(conversations);
  const offered = pharmacies.items.filter((one) => one.offered).length;
  return {
    title: `Bonjour ${space.name}`,
    parts: [
      h("section", {class: "carte accueil", "aria-labelledby": "envoyer"},
        h("div", {}, h("h2", {id: "envoyer"}, "Une ordonnance à faire préparer ?"),
          h("p", {}, "Choisissez un document, une pharmacie, et envoyez : votre pharmacie le reçoit dans sa messagerie sécurisée.")),
        h("a", {class: "bouton principal", href: "#/envoyer/1"}, "Écrire à ma pharmacie")),
      h("div", {class: "grille tuiles"},
        tile("messages", "Messages", toRead(waiting), waiting > 0),
        tile("documents", "Documents", number(documents.items.length, "document")),
        tile("pharmacies", "Pharmacies", number(offered, "pharmacie à qui écrire", "pharmacies à qui écrire", "aucune à qui écrire")),
        tile("profil", "Profil", "Identité, adresse, notifications")),
      latest(conversations.items),
    ],
    live: () => refreshTile(space),
  };
}

const toRead = (waiting) => number(waiting, "message non lu", "messages non lus", "tout est lu");

function tile(name, title, line, strong = false) {
  return h("a", {class: `carte tuile${strong ? " neuf" : ""}`, href: `#/${name}`},
    h("span", {class: `icone icone-${name}`, "aria-hidden": "true"}),
    h("span", {}, h("strong", {}, title), h("span", {class: "discret", id: `tuile-${name}`}, line)));
}

async function refreshTile(space) {
  const conversations = await space.get("/conversations");
  const waiting = unread(conversations);
  document.getElementById("tuile-messages").textContent = toRead(waiting);
  document.querySelector("a[href='#/messages'].tuile").classList.toggle("neuf", waiting > 0);
  document.getElementById("derniers").replaceWith(latest(conversations.items));
}

function latest(conversations) {
  return h("section", {class: "carte", id: "derniers", "aria-labelledby": "derniers-titre"},
    h("h2", {id: "derniers-titre"}, "Derniers échanges"),
    conversations.length === 0 && h("p", {class: "discret"}, "Aucun message pour l’instant."),
    conversations.length > 0 && h("ul", {class: "liste"}, conversations.slice(0, 3).map(row)));
}

/** A conversation in a list. */
export function row(conversation) {
  const last = conversation.messages.at(-1);
  return h("li", {}, h("a", {class: `rangee${conversation.unread ? " neuf" : ""}`, href: `#/conversation/${encodeURIComponent(conversation.id)}`},
    h("strong", {}, conversation.name || "Système de messagerie"),
    h("time", {class: "discret", datetime: last.at}, moment(last.at)),
    h("span", {class: "sujet"}, conversation.subject || "(sans objet)"),
    conversation.unread > 0 && h("span", {class: "etiquette"}, number(conversation.unread, "non lu", "non lus")),
    conversation.unread === 0 && conversation.ended_by && h("span", {class: "etiquette ambre"}, "Échanges terminés")));
}

/** #/pharmacies */
export async function pharmacies(space) {
  const {items} = await space.get("/pharmacies");
  const offered = items.filter((one) => one.offered);
  return {
    title: "Mes pharmacies",
    parts: [
      h("p", {}, "Vous pouvez écrire aux pharmacies qui vous ont délivré des médicaments remboursés depuis moins d’un an et qui ont une boîte aux lettres MSSanté d’équipe."),
      offered.length === 0 && h("p", {class: "carte avis"}, "Aucune pharmacie ne peut recevoir votre message pour l’instant."),
      h("div", {class: "grille"}, offered.map((one) => h("section", {class: "carte"},
        h("h2", {}, one.name), h("p", {class: "discret"}, seen(one)),
        h("a", {class: "bouton", href: `#/envoyer/1//${encodeURIComponent(one.mailbox)}`}, "Écrire", h("span", {class: "cache"}, ` à ${one.name}`))))),
      others(items),
    ],
  };
}

/** When something was last dispensed there. */
export const seen = (pharmacy) => pharmacy.last_dispensing ? `Dernière délivrance le ${day(pharmacy.last_dispensing)}` : "";

/** Every pharmacy that is not offered, with its reason. */
export function others(items) {
  const not = items.filter((one) => !one.offered);
  return not.length > 0 && h("section", {class: "carte autres", "aria-labelledby": "autres"},
    h("h2", {id: "autres"}, "Pourquoi pas les autres ?"),
    h("ul", {class: "liste"}, not.map((one) => h("li", {}, h("strong", {}, one.name), h("p", {class: "discret"}, one.reason)))));
}
