// Mon espace: what a patient sees of Mon espace santé. Signing in, the menu, which view is shown, what happens live.

import {announce, ask, field, focusOn, form, h, Refusal, refusalCard, show, whoAmI} from "/console/console.js";
import {home, pharmacies} from "/console/mon-espace-accueil.js";
import {document_, documents} from "/console/mon-espace-documents.js";
import {sending} from "/console/mon-espace-envoi.js";
import {conversation, messages} from "/console/mon-espace-messages.js";
import {profile} from "/console/mon-espace-profil.js";
import {Space, unread} from "/console/mon-espace-space.js";

const SESSION = "/pages/session?patient=true";
const VIEWS = {
  "": home, documents, document: document_, messages, conversation, envoyer: sending, pharmacies, profil: profile,
};
const MENU = [["", "Accueil"], ["documents", "Documents"], ["messages", "Messages"], ["profil", "Profil"]];
const PART_OF = {document: "documents", conversation: "messages"};
/** Events of the mailbox after which something may look different. */
const STIRRING = ["delivered", "injected", "opened", "document", "receipt", "mailbox", "notified"];

const main = document.getElementById("contenu");
const menu = document.getElementById("menu");
let space = null;
let stream = null;
let shown = {};
let turn = 0;

/** Show the view that the address names: #/conversation/12.3 is conversation("12.3"). */
async function route() {
  if (space === null) return;
  const [name, ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const mine = ++turn;
  let view;
  try {
    if (await whoAmI(SESSION) === null) return leave("Votre session est terminée : identifiez-vous à nouveau.");
    view = await (VIEWS[name] || home)(space, ...rest.map(decodeURIComponent));
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    if (problem.status === 401) return leave(problem.message);
    view = {title: "Cela n’a pas été possible", parts: [refusalCard(problem), back()]};
  }
  if (mine !== turn || !view) return;
  shown = view;
  const title = h("h1", {}, view.title);
  document.title = `${view.title} · Mon espace`;
  show(main, title, view.parts);
  for (const link of menu.querySelectorAll("a")) {
    const here = link.hash === `#/${PART_OF[name] || name}`;
    if (here) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  }
  focusOn(view.focus || title);
}

const back = () => h("p", {}, h("a", {href: "#/"}, "Retour à l’accueil"));

/** The menu, with how many messages wait. */
async function count() {
  const waiting = unread(await space.get("/conversations"));
  const badge = menu.querySelector(".compte");
  if (badge === null) return;
  if (waiting > Number(badge.dataset.waiting || 0)) announce(waiting === 1 ? "Vous avez un nouveau message." : `Vous avez ${waiting} messages non lus.`);
  badge.dataset.waiting = waiting;
  show(badge, waiting ? [h("span", {class: "etiquette"}, String(waiting), h("span", {class: "cache"}, " non lus"))] : []);
}

function enter(who) {
  space = new Space(who);
  show(menu,
    MENU.map(([name, label]) => h("a", {href: `#/${name}`}, label, name === "messages" && h("span", {class: "compte"}))),
    h("button", {type: "button", class: "discret-bouton", onclick: () => leave("Vous êtes déconnecté.")}, "Se déconnecter"));
  listen();
  return Promise.all([route(), quietly(count)]);
}

/** New messages appear by themselves: one stream, bound to the session. */
function listen() {
  let running = false, again = false;
  async function stir() {
    if (running) { again = true; return; }
    running = true;
    do {
      again = false;
      await quietly(count);
      if (space !== null && shown.live) await quietly(shown.live);
    } while (again && space !== null);
    running = false;
  }
  stream = new EventSource("/pages/stream?patient=true");
  for (const kind of STIRRING) stream.addEventListener(kind, stir);
}

/** What happens in the background tells nobody that it failed, but that the session is over. */
async function quietly(doing) {
  try {
    await doing();
  } catch (problem) {
    if (problem.status === 401) leave(problem.message);
  }
}

async function leave(why) {
  stream?.close();
  space = null;
  shown = {};
  turn++;
  show(menu);
  await ask("DELETE", SESSION).catch(() => null);
  signIn(why);
}

function signIn(why) {
  const title = h("h1", {}, "Mon espace");
  const fields = [
    field("Matricule INS ou adresse", h("input", {name: "account", autocomplete: "username", required: true, spellcheck: "false"}),
      "Quinze caractères, par exemple 275126322074974, ou l’adresse complète @patient.mssante.fr."),
    field("Mot de passe", h("input", {name: "password", type: "password", autocomplete: "current-password", required: true})),
  ];
  document.title = "Connexion · Mon espace";
  show(main, h("div", {class: "etroit"}, title,
    h("p", {}, "L’espace de santé d’un patient imaginaire : ses documents, et ses échanges avec les professionnels qui lui ont écrit."),
    why && h("p", {class: "carte avis", role: "status"}, why),
    h("div", {class: "carte"}, form("Connexion", fields, async (given) => {
      const who = await ask("POST", "/pages/session", {account: given.account.trim(), password: given.password});
      if (!who.ins) {
        await ask("DELETE", "/pages/session");
        throw new Refusal(403, {french: "Ce compte est celui d’un professionnel : il se connecte à la page Pharmacie."});
      }
      await enter(who);
    }, "Se connecter")),
    h("details", {}, h("summary", {}, "Quels comptes puis-je essayer ?"),
      h("p", {}, "Ceux du fichier ", h("code", {}, "config.yaml"), ", sous « patients » : le matricule et le mot de passe y figurent. ",
        "Toutes ces personnes sont inventées."))));
  focusOn(title);
}

window.addEventListener("hashchange", route);
const who = await whoAmI(SESSION);
if (who && who.ins) await enter(who); else signIn("");
