// Writing: a new message, an answer, or a message that goes on.
import {announce, ask, encoded, field, focusOn, form, h, show, size} from "/console/console.js";
import {recipientField} from "/console/pharmacie-destinataires.js";

const TITLES = {reply: "Répondre", "reply-all": "Répondre à tous", forward: "Transférer"};
const MOST_FILES = 10;

/** Draw the composer: `#/ecrire`, or `#/ecrire/<how>/<id>`; `#/ecrire/a/<address>` writes to somebody. */
export async function composeView(place, me, [how = "", id = ""]) {
  const answers = how in TITLES;
  const draft = answers ? await ask("GET", `/pages/mail/messages/${encodeURIComponent(id)}/draft?how=${how}`)
    : {to: how === "a" ? [{address: id, name: id, sort: "professional"}] : [], cc: [], subject: "", text: "", files: []};
  const title = h("h1", {}, TITLES[how] || "Nouveau message");
  const warned = h("p", {class: "avis-champ", role: "status"});
  const subject = h("input", {name: "subject", type: "text", maxlength: 900, value: draft.subject, oninput: () => nearMiss()});
  const text = h("textarea", {name: "text", rows: 12});
  text.value = draft.text;
  const to = recipientField("À", draft.to, () => nearMiss());
  const cc = recipientField("Copie", draft.cc, () => nearMiss());
  const picked = filesField(draft.files);
  const receipt = h("input", {type: "checkbox", name: "receipt"});
  const last = h("input", {type: "checkbox", name: "last"});

  /** Close to [FIN], and yet another subject: it ends nothing (F18). */
  function nearMiss() {
    const said = subject.value;
    const patient = [...to.people(), ...cc.people()].some((person) => person.sort === "patient");
    const near = said !== "[FIN]" && /^(re\s*:\s*)?\s*\[?\s*fin\s*\]?\s*$/i.test(said);
    show(warned, near && patient && "Cet objet ne termine pas l’échange : seul [FIN], exactement, le fait. Utilisez « Terminer l’échange » dans le message.");
  }

  const made = form("Écrire", [
    to.element, cc.element,
    field("Objet", subject), warned,
    field("Message", text),
    picked.element,
    h("fieldset", {}, h("legend", {}, "Options"),
      choice(receipt, "Demander un accusé de lecture", "Vous recevrez un message quand il sera ouvert."),
      choice(last, "Ce message n’admet pas de réponse", "Un patient ne pourra pas y répondre ; l’échange reste ouvert.")),
  ], async () => {
    to.take();
    cc.take();
    const sent = await ask("POST", "/pages/mail/messages", {
      to: to.people().map((p) => p.address), cc: cc.people().map((p) => p.address), subject: subject.value, text: text.value,
      files: await encoded(picked.files()),
      kept_files: picked.kept(), answers: answers ? id : "", how: answers ? how : "reply",
      wants_receipt: receipt.checked, takes_no_answer: last.checked,
    });
    announce(`Message envoyé à ${sent.to.join(", ")}.`);
    location.hash = "#/dossier/INBOX";
  }, "Envoyer");
  made.querySelector(".actions").append(h("a", {href: "#/dossier/INBOX", class: "bouton"}, "Abandonner"));
  show(place, h("div", {class: "redaction"}, title,
    h("p", {class: "discret"}, `De : ${me.name} (${me.mailbox}). Votre nom, ${me.person}, reste dans la trace.`),
    h("div", {class: "carte"}, made)));
  if (answers && how !== "forward") {
    window.scrollTo({top: 0});
    text.focus({preventScroll: true});
    text.setSelectionRange(0, 0);
    text.scrollTop = 0;
  } else focusOn(title);
}

function choice(input, label, hint) {
  return h("label", {class: "choix"}, input, h("span", {}, h("strong", {}, label), h("br"), h("span", {class: "discret"}, hint)));
}

function filesField(originals) {
  let chosen = [];
  const kept = new Set(originals.map((file) => file.place));
  const shown = h("ul", {class: "liste fichiers"});
  const input = h("input", {type: "file", multiple: true, onchange: () => {
    chosen = [...chosen, ...input.files].slice(0, MOST_FILES);
    input.value = "";
    draw();
  }});
  const line = (file, remove) => h("li", {}, h("span", {class: "ligne"}, h("span", {class: "coupe"}, `${file.name} `, h("span", {class: "discret"}, size(file.size))),
    h("button", {type: "button", class: "petit", "aria-label": `Retirer ${file.name}`, onclick: remove}, "Retirer")));
  function draw() {
    show(shown,
      originals.filter((file) => kept.has(file.place)).map((file) => line(file, () => { kept.delete(file.place); draw(); })),
      chosen.map((file) => line(file, () => { chosen = chosen.filter((other) => other !== file); draw(); })));
  }
  draw();
  return {
    element: h("div", {}, field("Pièces jointes", input, `${MOST_FILES} fichiers au plus.`), shown),
    files: () => chosen, kept: () => [...kept],
  };
}
