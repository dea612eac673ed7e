<?php
// PHP's imap functions, and Net_SMTP of PEAR with Mail_mime; all from Debian.
error_reporting(E_ALL & ~E_DEPRECATED);
require_once 'Net/SMTP.php';
require_once 'Mail/mime.php';

$facts = json_decode(file_get_contents($argv[1]), true);
['person' => $person, 'team' => $team, 'application' => $application] = $facts;
$report = ['version' => 'PHP ' . PHP_VERSION, 'done' => [], 'failed' => []];
set_error_handler(fn($_, $text) => throw new RuntimeException($text), E_WARNING);

function attempt(string $ability, callable $work): void
{
    global $report;
    try {
        $told = $work();
        $report['done'][$ability] = is_array($told) ? $told : true;
    } catch (Throwable $problem) {
        $report['failed'][$ability] = "$problem\n" . json_encode(imap_errors());
    }
}

function sure(mixed $result): mixed
{
    if (PEAR::isError($result)) {
        throw new RuntimeException($result->getMessage());
    }
    return $result ?: throw new RuntimeException(imap_last_error() ?: 'refused');
}

// -- sending
function submission(string $door, array $signer, string $user, string $password, ?array $holder = null, string $as = ''): Net_SMTP
{
    global $facts;
    $tls = ['cafile' => $facts['ca_file'], 'verify_peer' => true, 'verify_peer_name' => true, 'peer_name' => $facts['host']];
    if ($holder) {
        $tls += ['local_cert' => $holder['certificate'], 'local_pk' => $holder['key']];
    }
    $host = ($door === 'smtps' ? 'ssl://' : '') . $facts['host'];
    $smtp = new Net_SMTP($host, $facts['ports'][$door], 'localhost', false, 20, ['ssl' => $tls]);
    sure($smtp->connect(20));
    sure($smtp->auth($user, $password, 'PLAIN', $door !== 'smtps', $as));
    return $smtp;
}

function send(string $door, string $subject): void
{
    global $facts, $person;
    $letter = new Mail_mime(['eol' => "\r\n", 'text_charset' => 'UTF-8']);
    $letter->setTXTBody($facts['text']);
    sure($letter->addAttachment($facts['attachment'], 'application/pdf'));
    $body = $letter->get();
    $headers = $letter->txtHeaders(['From' => $person['address'], 'To' => $facts['to'], 'Subject' => $subject]);
    $smtp = submission($door, $person, $person['user'], $person['password']);
    sure($smtp->mailFrom($person['address']));
    sure($smtp->rcptTo($facts['to']));
    sure($smtp->data("$headers\r\n$body"));
    $smtp->disconnect();
}

attempt('submit-starttls', fn() => send('submission', $facts['starttls_subject']));
attempt('submit-tls', fn() => send('smtps', $facts['tls_subject']));
attempt('certificate', fn() =>
    submission('smtps', $team, $team['member'], $team['password'], $team, $team['address'])->disconnect());

// -- reading: c-client trusts what OpenSSL trusts, so SSL_CERT_FILE names the authority.
// Its STARTTLS speaks TLS 1.0 only, which the doors refuse
putenv("SSL_CERT_FILE={$facts['ca_file']}");

function opened(array $facts, string $options, string $user, string $password): IMAP\Connection
{
    return sure(imap_open("{{$facts['host']}:{$options}}INBOX", $user, $password, 0, 1));
}

$imaps = "{$facts['ports']['imaps']}/imap/ssl";
attempt('code', fn() =>
    imap_close(opened($facts, "$imaps/authuser={$team['member']}", $team['address'], $team['password_and_code'])));
attempt('password', function () use ($facts, $imaps, $person, &$imap) {
    $imap = opened($facts, $imaps, $person['user'], $person['password']);
});
$root = "{{$facts['host']}:$imaps}";
$numbers = array_combine(
    array_map(fn($n) => trim(imap_headerinfo($imap, $n)->message_id), range(1, imap_num_msg($imap))), range(1, imap_num_msg($imap)));
$letter = $numbers[$facts['letter_id']];
attempt('fetch', fn() => sure(imap_savebody($imap, "{$facts['folder']}/fetched.eml", $letter, '', FT_PEEK)));
attempt('flag', fn() => sure(imap_setflag_full($imap, (string) $letter, '\\Flagged')));
attempt('search', fn() => sure(imap_search($imap, "SUBJECT \"{$facts['word']}\"", SE_UID, 'UTF-8')));
attempt('move', function () use ($imap, $numbers, $facts) {
    sure(imap_mail_move($imap, (string) $numbers[$facts['move_id']], $facts['archive']));
    sure(imap_expunge($imap));
});
attempt('folders', function () use ($imap, $root, $facts) {
    sure(imap_createmailbox($imap, $root . mb_convert_encoding($facts['new_folder'], 'UTF7-IMAP', 'UTF-8')));
    sure(imap_deletemailbox($imap, $root . $facts['old_folder']));
});
imap_close($imap);
imap_errors();
echo json_encode($report), "\n";
