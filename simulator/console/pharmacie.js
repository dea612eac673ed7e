// The page Pharmacie: who is signed in, and which view the address asks for. Views live in pharmacie-*.js.
import {Refusal, announce, ask, h, refusalCard, show, whoAmI} from "/console/console.js";
import {auditView} from "/console/pharmacie-trace.js";
import {composeView} from "/console/pharmacie-ecriture.js";
import {counterView} from "/console/pharmacie-compteur.js";
import {mailView} from "/console/pharmacie-liste.js";
import {signInView} from "/console/pharmacie-entree.js";

const place = document.getElementById("contenu");
const menu = document.getElementById("menu");
const VIEWS = {dossier: mailView, ecrire: composeView, trace: auditView, compteur: counterView};
const LINKS = [["#/dossier/INBOX", "Messages"], ["#/ecrire", "Nouveau message"], ["#/trace", "Qui a fait quoi"]];

let me = null;
let leave = () => {};
let turn = 0;

/** The view that the address asks for: "#/dossier/12/message/12.3" → ["dossier", "12", "message", "12.3"]. */
function route() {
  const parts = location.hash.replace(/^#\/?/, "").split("/").filter(Boolean).map(decodeURIComponent);
  return VIEWS[parts[0]] ? parts : ["dossier", "INBOX"];
}

async function render() {
  const mine = ++turn;
  const [name, ...rest] = route();
  drawMenu(name);
  try {
    // A view that can show the new address without being drawn again says so.
    if (leave.stays && leave.stays(name, rest)) return;
    leave();
    leave = () => {};
    const left = await VIEWS[name](place, me, rest);
    if (mine === turn) leave = left || (() => {});
    else if (left) left();
  } catch (problem) {
    failed(problem);
  }
}

/** What no view dealt with: the session is over, or something is refused. */
function failed(problem) {
  if (!(problem instanceof Refusal)) throw problem;
  if (problem.status === 401) {
    me = null;
    begin();
    announce("Votre session est terminée : identifiez-vous à nouveau.", "error");
    return;
  }
  show(place, h("h1", {}, "Impossible d’afficher cette page"), refusalCard(problem),
    h("p", {}, h("a", {href: "#/dossier/INBOX"}, "Retour aux messages")));
}

function drawMenu(current) {
  if (!me) {
    show(menu);
    return;
  }
  const links = me.is_pharmacy ? [...LINKS, ["#/compteur", "Compteur"]] : LINKS;
  show(menu,
    links.map(([href, text]) => h("a", {
      href, class: "lien-menu", "aria-current": href.startsWith(`#/${current}`) ? "page" : null,
    }, text)),
    h("span", {class: "qui"}, h("strong", {}, me.person), me.person === me.name ? null : h("span", {class: "discret"}, ` pour ${me.name}`)),
    h("button", {type: "button", class: "petit sortie", onclick: signOut}, "Se déconnecter"));
}

async function signOut() {
  await ask("DELETE", "/pages/session");
  me = null;
  begin();
  announce("Vous êtes déconnecté(e).");
}

function begin() {
  turn += 1;
  leave();
  leave = () => {};
  drawMenu("");
  signInView(place, (identity) => {
    me = identity;
    if (!location.hash) history.replaceState(null, "", "#/dossier/INBOX");
    render();
  });
}

window.addEventListener("hashchange", () => me && render());
window.addEventListener("unhandledrejection", (event) => {
  if (!(event.reason instanceof Refusal)) return;
  event.preventDefault();
  if (event.reason.status === 401) failed(event.reason);
  else announce(event.reason.message, "error");
});

me = await whoAmI();
// A patient of the same browser has another page, Mon espace.
if (me && me.kind === "PATIENT") me = null;
if (me) render();
else begin();
