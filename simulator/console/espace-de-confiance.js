// The trust space as it lives: who is there, what is listed, and each message on its way.

import {announce, ask, field, form, h, moment, refusalCard, show} from "/console/console.js";
import {drawMap} from "/console/carte.js";
import {follow} from "/console/flux.js";
import {belongs, icon, isRefusal, sentence} from "/console/recits.js";

const MOST_SHOWN = 300;
const content = document.getElementById("contenu");
const state = {events: [], group: "tout", about: "", operatorOf: new Map(), token: sessionStorage.getItem("jeton") || ""};

document.getElementById("menu").append(
  h("a", {href: "/mon-espace"}, "Mon espace"), h("a", {href: "/pharmacie"}, "Pharmacie"), h("a", {href: "/"}, "Accueil"));

const api = (method, path, body) => ask(method, path, body, state.token ? {Authorization: `Bearer ${state.token}`} : {});

function askForToken() {
  show(content, h("h1", {}, "Espace de confiance"), h("section", {class: "carte"},
    h("p", {}, "La configuration protège l’API par un jeton (http: token:)."),
    form("Jeton", [field("Jeton", h("input", {name: "token", type: "password", autocomplete: "off", required: true}))],
      async ({token}) => { sessionStorage.setItem("jeton", token); location.reload(); }, "Continuer")));
}

async function whitelistCard(box, operators) {
  const {items} = await api("GET", "/api/whitelist");
  const listed = new Map(items.map((item) => [item.domain, item]));
  const domains = [...new Set([...operators.flatMap((operator) => operator.domains), ...listed.keys()])].sort();
  const change = async (domain, add) => {
    try {
      if (add) await api("PUT", `/api/whitelist/${encodeURIComponent(domain)}`, {});
      else await api("DELETE", `/api/whitelist/${encodeURIComponent(domain)}`);
      announce(add ? `${domain} est inscrit.` : `${domain} est retiré.`);
      await whitelistCard(box, operators);
    } catch (problem) {
      announce(problem.message, "error");
    }
  };
  show(box, h("h2", {}, "Liste blanche"),
    h("p", {class: "discret"}, "Un message ne circule qu’entre domaines inscrits. ", h("a", {href: "/listeblanchemssante.xml"}, "La liste publiée")),
    h("ul", {class: "liste"}, domains.map((domain) => h("li", {class: "ligne-liste"},
      h("span", {}, domain, " ", listed.has(domain)
        ? h("span", {class: "etiquette vert"}, "inscrit") : h("span", {class: "etiquette rouge"}, "hors liste")),
      h("button", {type: "button", class: listed.has(domain) ? "danger" : "", onclick: () => change(domain, !listed.has(domain)),
        "aria-label": `${listed.has(domain) ? "Retirer" : "Inscrire"} ${domain}`}, listed.has(domain) ? "Retirer" : "Inscrire")))));
}

async function clockCard(box) {
  const tell = (clock) => show(box, h("h2", {}, "Horloge simulée"),
    h("p", {class: "horloge"}, moment(clock.now), " ", clock.frozen && h("span", {class: "etiquette ambre"}, "arrêtée")),
    h("div", {class: "actions"}, [["1 heure", 3600], ["1 jour", 86400], ["7 jours", 604800], ["1 an", 31536000]].map(([name, seconds]) =>
      h("button", {type: "button", onclick: async () => tell(await api("POST", "/api/clock/advance", {seconds}))}, `+ ${name}`)),
    h("button", {type: "button", onclick: async () => tell(await api("POST", `/api/clock/${clock.frozen ? "run" : "freeze"}`))},
      clock.frozen ? "Laisser courir" : "Arrêter")));
  tell(await api("GET", "/api/clock"));
}

function resetCard() {
  const sure = h("button", {type: "button", class: "danger", onclick: async () => {
    if (sure.dataset.armed !== "yes") {
      sure.dataset.armed = "yes";
      show(sure, "Oui, tout effacer");
      return;
    }
    await api("POST", "/api/reset");
    location.reload();
  }}, "Revenir à l’état configuré");
  return h("section", {class: "carte"}, h("h2", {}, "Recommencer"),
    h("p", {}, "Les messages, les échanges et les documents ajoutés disparaissent ; le journal reste."), sure);
}

function storyRow(event) {
  const explained = isRefusal(event) || event.kind === "remark";
  return h("li", {class: isRefusal(event) ? "evenement refusé" : "evenement"},
    h("span", {class: "signe", "aria-hidden": "true"}, icon(event)),
    h("span", {}, h("time", {class: "discret", datetime: new Date(event.at * 1000).toISOString()}, clockTime(event.at)), " ", sentence(event),
      event.rule && [" ", ruleTitle(event), " ", h("code", {}, event.rule)],
      explained && [" ", h("button", {type: "button", class: "lien", onclick: (click) => explain(event, click.currentTarget)}, "Pourquoi ?")]));
}

const titles = new Map();

/** The French title of a rule, asked for once. */
function ruleTitle(event) {
  const place = h("strong", {}, titles.get(event.rule) || "");
  if (!titles.has(event.rule)) {
    titles.set(event.rule, "");
    api("GET", `/api/explain/${event.seq}`).then((told) => {
      titles.set(event.rule, `${told.title_fr}.`);
      redraw(document.getElementById("recit"));
    }).catch(() => titles.delete(event.rule));
  }
  return place;
}

async function explain(event, button) {
  try {
    const told = await api("GET", `/api/explain/${event.seq}`);
    button.replaceWith(h("div", {class: "carte avis"}, h("p", {}, h("strong", {}, told.title_fr)),
      h("p", {}, "À faire : ", told.remedy_fr || told.remedy_en),
      h("p", {class: "discret"}, told.ref && `Source : ${told.ref}. `, told.reply && `Réponse SMTP : ${told.reply}.`)));
  } catch (problem) {
    button.replaceWith(refusalCard(problem));
  }
}

const clockTime = (seconds) => new Date(seconds * 1000).toLocaleTimeString("fr-FR");

function redraw(list) {
  const wanted = state.about.toLowerCase();
  const fitting = state.events.filter((event) => belongs(event, state.group)
    && (!wanted || JSON.stringify(event).toLowerCase().includes(wanted)));
  show(list, fitting.length ? fitting.slice(-MOST_SHOWN).reverse().map(storyRow)
    : h("li", {class: "discret"}, "Rien encore. Envoyez un message : son voyage s’affichera ici."));
}

function storyCard() {
  const list = h("ul", {class: "liste", id: "recit"});
  const light = h("span", {class: "etiquette", role: "status"}, "en direct");
  const groups = [["tout", "Tout"], ["messages", "Messages"], ["refus", "Refus et remarques"]];
  const buttons = groups.map(([name, label]) => h("button", {type: "button", "aria-pressed": String(name === state.group), onclick: (click) => {
    state.group = name;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button === click.currentTarget));
    redraw(list);
  }}, label));
  const search = h("input", {type: "search", placeholder: "adresse, règle, objet…", oninput: () => { state.about = search.value; redraw(list); }});
  return {list, light, card: h("section", {class: "carte", "aria-labelledby": "titre-recit"},
    h("h2", {id: "titre-recit"}, "Le récit ", light),
    h("div", {class: "actions filtres", role: "group", "aria-label": "Filtrer le récit"}, buttons), field("Chercher dans le récit", search), list)};
}

function onTheMap(event, map) {
  const domain = (address) => (address || "").split("@")[1];
  const operatorOf = (address) => state.operatorOf.get(domain(address)) || "";
  if (event.kind === "relayed") map.travels(event.operator, operatorOf(event.mailbox));
  if (event.kind === "refusal") map.travels(operatorOf(event.sender || event.who), operatorOf(event.recipient || event.mailbox), true);
  if (event.kind === "bounced") map.travels(operatorOf(event.mailbox), event.operator);
}

async function begin() {
  const {items: operators} = await api("GET", "/api/operators");
  for (const operator of operators) for (const name of operator.domains) state.operatorOf.set(name, operator.name);
  const listed = new Set((await api("GET", "/api/whitelist")).items.map((item) => item.domain));
  const map = drawMap(operators.map((operator) => ({...operator, outside: !operator.domains.some((name) => listed.has(name))})));
  const whitelist = h("section", {class: "carte"}), clock = h("section", {class: "carte"});
  const {list, light, card} = storyCard();
  await Promise.all([whitelistCard(whitelist, operators), clockCard(clock)]);
  show(content, h("h1", {}, "Espace de confiance"),
    h("p", {}, `${operators.length} opérateurs échangent en TLS mutuel, et seulement avec les domaines inscrits sur la liste blanche.`),
    h("section", {class: "carte carte-du-monde", "aria-label": "Carte"}, map.drawing),
    h("div", {class: "colonnes envers"}, card, h("div", {}, whitelist, clock, resetCard())));
  redraw(list);
  const {items, cursor} = await api("GET", "/api/journal?limit=1000");
  state.events = items;
  redraw(list);
  const ended = await follow(cursor, (event) => {
    state.events.push(event);
    if (state.events.length > 5 * MOST_SHOWN) state.events.splice(0, MOST_SHOWN);
    redraw(list);
    onTheMap(event, map);
    if (event.kind === "whitelist") whitelistCard(whitelist, operators);
    if (event.kind === "clock" || event.kind === "reset") clockCard(clock);
  }, (how) => { show(light, how === "ouvert" ? "en direct" : "liaison coupée"); light.classList.toggle("rouge", how !== "ouvert"); }, state.token);
  if (ended === "jeton") askForToken();
}

begin().catch((problem) => {
  if (problem.status === 401) askForToken();
  else show(content, h("h1", {}, "Espace de confiance"), refusalCard(problem));
});
