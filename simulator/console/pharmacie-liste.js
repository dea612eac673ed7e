// The mailbox: folders, the list of messages, and the message that is read beside it. News arrive by themselves.
import {Refusal, announce, ask, focusOn, h, show} from "/console/console.js";
import {badge, spacedIns, when} from "/console/pharmacie-mots.js";
import {readingPane} from "/console/pharmacie-lecture.js";

const ON_A_PAGE = 30;

/** Draw the mailbox; returns what to do when another view takes over. */
export async function mailView(place, me, route) {
  const now = {folder: "", words: "", start: 0, folders: [], open: "", page: {items: [], total: 0}};
  const title = h("h1", {}, me.name);
  const tabs = h("nav", {class: "dossiers", "aria-label": "Dossiers"});
  const list = h("div", {class: "messages"});
  const pane = h("section", {class: "lecture", "aria-label": "Message"});
  const search = h("input", {type: "search", "aria-label": "Rechercher dans ce dossier", placeholder: "Rechercher", value: ""});
  const finder = h("form", {class: "recherche", role: "search"}, search, h("button", {type: "submit"}, "Chercher"));
  const box = h("div", {class: "courrier"}, h("section", {class: "colonne", "aria-label": "Liste des messages"}, finder, list), pane);
  show(place, h("div", {class: "titre"}, title, h("p", {class: "discret"}, me.mailbox)), tabs, box);

  const folderOf = (wanted) => now.folders.find((f) => f.id === wanted || f.use === wanted || f.name === wanted);
  const here = () => folderOf(now.folder) || {id: now.folder, use: "", label: now.folder, messages: 0, unseen: 0};
  const link = (id) => `#/dossier/${encodeURIComponent(here().id)}/message/${id}`;

  async function loadFolders() {
    now.folders = (await ask("GET", "/pages/mail/folders")).items;
    show(tabs, now.folders.map((f) => h("a", {
      href: `#/dossier/${encodeURIComponent(f.use === "INBOX" ? "INBOX" : f.id)}`, class: "dossier",
      "aria-current": f === folderOf(now.folder) ? "page" : null,
    }, f.label, f.unseen > 0 && h("span", {class: "nombre", "aria-label": `${f.unseen} non lus`}, f.unseen))));
    const unseen = folderOf("INBOX")?.unseen || 0;
    document.title = `${unseen ? `(${unseen}) ` : ""}Pharmacie · Simulateur MSSanté`;
  }

  async function loadList() {
    const asked = new URLSearchParams({folder: now.folder, words: now.words, start: now.start, limit: ON_A_PAGE});
    now.page = await ask("GET", `/pages/mail/messages?${asked}`);
    drawList();
  }

  function drawList() {
    const {items, total} = now.page;
    const last = now.start + items.length;
    show(list,
      h("p", {class: "discret compte", role: "status"}, now.words ? `${total} trouvé(s) pour « ${now.words} »`
        : total === 0 ? "" : `${total} message${total > 1 ? "s" : ""}`),
      items.length === 0 && h("p", {class: "vide"}, now.words ? "Aucun message ne correspond." : "Ce dossier est vide."),
      items.length > 0 && h("ul", {class: "liste"}, items.map((mail) => h("li", {}, row(mail)))),
      total > ON_A_PAGE && h("div", {class: "actions pages"},
        h("button", {type: "button", disabled: now.start === 0, onclick: () => turnTo(now.start - ON_A_PAGE)}, "Plus récents"),
        h("span", {class: "discret"}, `${now.start + 1}–${last} sur ${total}`),
        h("button", {type: "button", disabled: last >= total, onclick: () => turnTo(now.start + ON_A_PAGE)}, "Plus anciens")));
  }

  function row(mail) {
    const sent = ["\\Sent", "\\Drafts"].includes(here().use);
    const people = sent ? mail.to : [mail.author];
    const names = people.map((p) => p.name).join(", ") || "(sans auteur)";
    return h("a", {href: link(mail.id), class: `rangee message${mail.unread ? " neuf" : ""}`, "data-id": mail.id,
      "aria-current": mail.id === now.open ? "true" : null},
    h("span", {class: "ligne"}, h("strong", {class: "coupe"}, sent ? `À ${names}` : names), h("span", {class: "discret"}, when(mail.at))),
    h("span", {class: "objet"}, mail.unread && h("span", {class: "cache"}, "Non lu. "), mail.subject || "(sans objet)"),
    h("span", {class: "etiquettes"}, people[0] && badge(people[0]), nature(mail),
      people[0]?.patient && h("span", {class: "discret ins"}, `INS ${spacedIns(people[0].patient.ins)}`),
      mail.flagged && h("span", {class: "etiquette ambre"}, "★ Important"),
      mail.has_files && h("span", {class: "discret"}, "Pièce jointe"),
      mail.answered && h("span", {class: "discret"}, "Répondu")));
  }

  async function turnTo(start) {
    now.start = Math.max(0, start);
    await loadList();
    list.scrollIntoView({block: "start"});
  }

  async function showMessage(id) {
    now.open = id;
    box.classList.toggle("ouvert", Boolean(id));
    for (const line of list.querySelectorAll("a.message")) {
      if (line.dataset.id === id) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
    if (!id) {
      show(pane, h("p", {class: "vide"}, "Choisissez un message pour le lire."));
      return;
    }
    try {
      const mail = await ask("POST", `/pages/mail/messages/${encodeURIComponent(id)}/open`);
      if (now.open !== id) return;
      readingPane(pane, mail, {
        me, folders: now.folders, folder: here(), back: `#/dossier/${encodeURIComponent(now.folder)}`,
        again: () => showMessage(id),
        gone: () => { location.hash = `#/dossier/${encodeURIComponent(now.folder)}`; },
      });
    } catch (problem) {
      if (!(problem instanceof Refusal) || problem.status !== 404) throw problem;
      show(pane, h("p", {class: "vide"}, "Ce message n’est plus dans la boîte."));
    }
  }

  async function go([folder = "INBOX", , id = ""]) {
    const other = folder !== now.folder;
    now.folder = folder;
    if (other) {
      now.start = 0;
      now.words = search.value = "";
      await loadFolders();
      await loadList();
      if (!id) focusOn(title);
    }
    await showMessage(id);
  }

  finder.addEventListener("submit", (event) => {
    event.preventDefault();
    now.words = search.value.trim();
    now.start = 0;
    loadList();
  });
  search.addEventListener("search", () => finder.requestSubmit());

  const stop = listen(async (change) => {
    await loadFolders();
    if (folderOf(now.folder)?.id === change.folder) await loadList();
    if (change.added > 0 && change.name === "INBOX") announce(change.added > 1 ? `${change.added} nouveaux messages` : "Nouveau message");
  });
  await go(route);
  const leave = () => { stop(); document.title = "Pharmacie · Simulateur MSSanté"; };
  leave.stays = (name, rest) => name === "dossier" && (go(rest), true);
  return leave;
}

function nature(mail) {
  const said = {receipt: "Accusé de lecture", bounce: "Non remis", end: "Fin d’échange"}[mail.nature];
  return said && h("span", {class: `etiquette ${mail.nature === "receipt" ? "vert" : "ambre"}`}, said);
}

/** Held open by the server: it says when a folder changes. */
function listen(tell) {
  const source = new EventSource("/pages/mail/events");
  let ready = false;
  source.addEventListener("ready", () => {
    // After a cut, whatever was missed is looked at.
    if (ready) tell({folder: "", added: 0, name: ""});
    ready = true;
  });
  source.addEventListener("change", (event) => tell(JSON.parse(event.data)));
  source.addEventListener("over", () => source.close());
  return () => source.close();
}
