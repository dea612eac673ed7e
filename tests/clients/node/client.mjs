// imapflow and nodemailer, from npm. `make clients` puts them in .clients/.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const fetched = new URL('../../../.clients/', import.meta.url);
const require = createRequire(fetched);
const { ImapFlow } = require('imapflow');
const nodemailer = require('nodemailer');
const version = (name) => `${name} ${JSON.parse(readFileSync(new URL(`node_modules/${name}/package.json`, fetched))).version}`;

const facts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { person, team, application } = facts;
const report = { version: `${version('imapflow')}, ${version('nodemailer')}`, done: {}, failed: {} };
const ca = readFileSync(facts.ca_file);

async function attempt(abilities, work) {
  try {
    const told = (await work()) ?? true;
    for (const ability of abilities) report.done[ability] = told;
  } catch (error) {
    for (const ability of abilities) report.failed[ability] = `${error.stack}\n${error.response ?? ''} ${error.responseText ?? ''}`;
  }
}

const presenting = (holder) => ({ ca, pfx: readFileSync(holder.p12), passphrase: holder.p12_password });

async function send(options, envelope) {
  const transport = nodemailer.createTransport({ host: facts.host, tls: { ca }, ...options });
  await transport.sendMail({ to: facts.to, text: facts.text, ...envelope });
  transport.close();
}

const letter = (subject) => ({ from: person.address, subject, attachments: [{ path: facts.attachment }] });
const password = { user: person.user, pass: person.password };

function connect(options) {
  return new ImapFlow({ host: facts.host, port: facts.ports.imaps, secure: true, tls: { ca }, logger: false, ...options });
}

async function visit(options) {
  const imap = connect(options);
  await imap.connect();
  await imap.mailboxOpen('INBOX');
  await imap.logout();
}

async function signIn() {
  await attempt(['code'], () => visit({ auth: { user: team.user, pass: team.password_and_code } }));
  await attempt(['certificate'], () =>
    visit({ auth: { user: team.member, pass: team.password, authzid: team.address, loginMethod: 'AUTH=PLAIN' }, tls: presenting(team) }));
  await attempt(['imap-starttls'], () => visit({ port: facts.ports.imap, secure: false, doSTARTTLS: true, auth: password }));
  // imapflow knows no EXTERNAL; nodemailer takes any mechanism that it is shown.
  const external = async (context) => {
    const answer = await context.sendCommand('AUTH EXTERNAL =');
    if (answer.status !== 235) throw new Error(answer.text);
  };
  await attempt(['external'], () =>
    send(
      {
        port: facts.ports.smtps, secure: true, tls: presenting(application), customAuth: { EXTERNAL: external },
        auth: { type: 'custom', method: 'EXTERNAL', user: application.address },
      },
      { from: application.address, subject: 'EXTERNAL' },
    ));
}

async function submit() {
  await attempt(['submit-starttls'], () =>
    send({ port: facts.ports.submission, requireTLS: true, auth: password }, letter(facts.starttls_subject)));
  await attempt(['submit-tls'], () => send({ port: facts.ports.smtps, secure: true, auth: password }, letter(facts.tls_subject)));
}

async function read() {
  const imap = connect({ auth: password, disableAutoIdle: true });
  await attempt(['password'], async () => {
    await imap.connect();
    await imap.mailboxOpen('INBOX');
  });
  const uids = await imap.search({ header: { 'message-id': facts.letter_id } }, { uid: true });
  await attempt(['fetch'], async () => {
    const { source } = await imap.fetchOne(uids[0], { source: true }, { uid: true });
    writeFileSync(`${facts.folder}/fetched.eml`, source);
  });
  await attempt(['flag'], async () => { await imap.messageFlagsAdd(uids, ['\\Flagged'], { uid: true }); });
  await attempt(['search'], () => imap.search({ subject: facts.word }, { uid: true }));
  await attempt(['move'], async () => {
    await imap.messageMove({ header: { 'message-id': facts.move_id } }, facts.archive, { uid: true });
  });
  await attempt(['folders'], async () => {
    await imap.mailboxCreate(facts.new_folder);
    await imap.mailboxDelete(facts.old_folder);
  });
  await attempt(['special-use'], async () =>
    (await imap.list()).filter((folder) => folder.specialUse && folder.path !== 'INBOX' && folder.specialUseSource === 'extension')
      .map((folder) => folder.path).sort());
  await attempt(['idle'], async () => {
    const heard = new Promise((resolve) => imap.once('exists', resolve));
    const waiting = imap.idle();
    console.log(JSON.stringify({ at: 'idle' }));
    await heard;
    await imap.noop();
    await waiting;
  });
  await imap.logout();
}

await signIn();
await submit();
await read();
console.log(JSON.stringify(report));
