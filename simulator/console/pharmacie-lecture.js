// One message: who wrote it, what it holds, and everything that may be done with it.
import {announce, ask, canBeShown, focusOn, h, moment, show, size} from "/console/console.js";
import {archivePart} from "/console/pharmacie-archive.js";
import {badge, confirmed, exchangeBadge, identityCard, peekButton} from "/console/pharmacie-mots.js";

/** Draw the message. `around`: me, folders, folder, back (address of the list), again (draw it anew), gone (it went). */
export function readingPane(pane, mail, around) {
  const url = `/pages/mail/messages/${encodeURIComponent(mail.id)}`;
  const mine = mail.author.address === around.me.mailbox;
  const patients = [mail.author, ...mail.to, ...mail.cc].filter((person) => person.sort === "patient");
  const title = h("h2", {}, mail.subject || "(sans objet)");
  show(pane,
    h("a", {href: around.back, class: "retour"}, "← Retour à la liste"),
    h("article", {class: "carte lu"},
      title,
      mail.raw_subject !== mail.subject && h("details", {class: "discret"}, h("summary", {}, "Objet technique"), h("code", {}, mail.raw_subject)),
      h("div", {class: "auteur"}, h("strong", {}, mail.author.name || "(sans auteur)"), badge(mail.author),
        h("span", {class: "discret"}, moment(mail.at))),
      h("p", {class: "discret coupe"}, mail.author.address, mail.author.where && ` · ${mail.author.where}`),
      h("p", {class: "discret coupe"}, "À : ", mail.to.map((p) => p.name).join(", ") || "—",
        mail.cc.length > 0 && ` · Copie : ${mail.cc.map((p) => p.name).join(", ")}`),
      patients.map((person) => identityCard(person.patient)),
      notices(mail, mine),
      actions(mail, url, mine, patients, around),
      body(mail, url),
      mail.files.length > 0 && h("section", {"aria-label": "Pièces jointes"},
        h("h3", {}, mail.files.length > 1 ? `${mail.files.length} pièces jointes` : "Une pièce jointe"),
        mail.files.map((file) => filePart(file, `${url}/files/${file.place}`, patients)))));
  focusOn(title);
}

function notices(mail, mine) {
  return h("div", {class: "etats"},
    mail.exchange && h("span", {}, exchangeBadge(mail.exchange)),
    mail.takes_no_answer && h("span", {class: "etiquette ambre"}, "N’admet pas de réponse"),
    mine && mail.receipt_to && mail.opened_by.length === 0 && h("span", {class: "etiquette"}, "Accusé de lecture demandé"),
    mail.opened_by.map((one) => h("span", {class: "etiquette vert"}, `Lu par ${one.name}, accusé du ${moment(one.at)}`)),
    !mine && mail.receipt_at && h("span", {class: "etiquette vert"}, `Accusé de lecture envoyé le ${moment(mail.receipt_at)}`));
}

function actions(mail, url, mine, patients, around) {
  const button = (text, act, kind = "") => h("button", {type: "button", class: `petit ${kind}`, onclick: act}, text);
  const to = (how) => () => { location.hash = `#/ecrire/${how}/${mail.id}`; };
  const several = mail.to.length + mail.cc.length > 1;
  const patient = patients.length === 1 ? patients[0] : null;
  const asks = !mine && mail.receipt_to && !mail.receipt_at && mail.nature === "message";
  const inTrash = around.folder.use === "\\Trash";
  const answers = mail.author.sort !== "notice" && mail.nature !== "receipt";
  return h("div", {class: "gestes"},
    asks && h("div", {class: "demande"}, h("span", {}, "L’auteur demande un accusé de lecture."),
      button("Envoyer l’accusé de lecture", async () => {
        const told = await ask("POST", `${url}/receipt`);
        announce(`Accusé de lecture envoyé à ${told.to}.`);
        around.again();
      })),
    h("div", {class: "actions", role: "group", "aria-label": "Actions"},
      answers && button("Répondre", to("reply"), "principal"),
      answers && several && button("Répondre à tous", to("reply-all")),
      button("Transférer", to("forward")),
      patient && mail.exchange !== "closed" && button("Terminer l’échange", () => end(mail, patient, around)),
      button(mail.flagged ? "Retirer l’importance" : "Important", () => mark(url, {flagged: !mail.flagged}, around.again)),
      button("Marquer non lu", () => mark(url, {seen: false}, around.gone)),
      moveTo(around, "\\Archive", "Archiver", url),
      inTrash ? button("Supprimer définitivement", () => erase(url, around), "danger") : moveTo(around, "\\Trash", "Corbeille", url)));
}

async function mark(url, marks, then) {
  await ask("POST", `${url}/marks`, marks);
  then();
}

function moveTo(around, use, text, url) {
  const target = around.folders.find((folder) => folder.use === use);
  if (!target || around.folder.use === use) return null;
  return h("button", {type: "button", class: "petit", onclick: async () => {
    await ask("POST", `${url}/move`, {to: target.id});
    announce(`Message déplacé dans « ${target.label} ».`);
    around.gone();
  }}, text);
}

async function erase(url, around) {
  if (!await confirmed("Supprimer définitivement ?", "Ce message disparaît de la boîte pour toute l’équipe. Votre nom reste dans la trace.", "Supprimer")) return;
  await ask("DELETE", url);
  announce("Message supprimé définitivement.");
  around.gone();
}

async function end(mail, patient, around) {
  const text = `Un message dont l’objet est [FIN] part vers ${patient.name}, qui ne pourra plus répondre aux messages précédents.`;
  if (!await confirmed("Terminer l’échange ?", text, "Terminer l’échange")) return;
  await ask("POST", "/pages/mail/end", {patient: patient.address, answers: mail.id});
  announce(`Échange terminé avec ${patient.name}.`);
  around.again();
}

function body(mail, url) {
  const page = () => h("iframe", {class: "lettre", sandbox: "", src: `${url}/html`, title: "Message mis en forme"});
  if (!mail.text.trim()) return mail.has_html ? page() : h("p", {class: "discret"}, "Ce message n’a pas de texte.");
  const text = h("div", {class: "texte"}, mail.text);
  if (!mail.has_html) return text;
  const formatted = h("details", {class: "forme"}, h("summary", {}, "Afficher la version mise en forme"));
  // Made when it is asked for: a closed frame would be fetched all the same.
  formatted.addEventListener("toggle", () => formatted.open && !formatted.querySelector("iframe") && formatted.append(page()));
  return [text, formatted];
}

function filePart(file, url, patients) {
  const below = h("div", {});
  const name = file.name || "fichier sans nom";
  const peek = file.is_xdm
    ? peekButton("Ouvrir l’archive", below, async () => archivePart(await ask("GET", `${url}/archive`), `${url}/archive`, patients))
    : peekButton("Aperçu", below, () => preview(file.type, `${url}?inline=true`, name));
  return h("div", {class: "fichier"},
    h("div", {class: "ligne"}, h("span", {class: "coupe"}, h("strong", {}, name), " ", h("span", {class: "discret"}, size(file.size))),
      h("span", {class: "actions serre"}, (file.is_xdm || canBeShown(file.type)) && peek,
        h("a", {class: "bouton petit", href: url, download: name}, "Enregistrer"))),
    below);
}

/** A PDF or a picture, shown in place. */
function preview(type, url, name) {
  return type === "application/pdf" ? h("iframe", {class: "apercu", src: url, title: name}) : h("img", {class: "apercu", src: url, alt: name});
}
