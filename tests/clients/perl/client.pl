# Net::SMTP of Perl itself, Mail::IMAPClient from Debian.
use strict;
use warnings;
use utf8;
use Authen::SASL qw(Perl);
use Encode qw(decode encode);
use IO::Socket::SSL;
use JSON::PP;
use MIME::Base64;
use Mail::IMAPClient;
use Net::SMTP;

$| = 1;
my $json = JSON::PP->new->utf8;
my $facts = $json->decode(slurp($ARGV[0]));
my ($person, $team, $application) = @$facts{qw(person team application)};
my $report = {
    version => "Net::SMTP $Net::SMTP::VERSION, Mail::IMAPClient $Mail::IMAPClient::VERSION", done => {}, failed => {},
};

sub slurp {
    my ($path) = @_;
    open my $file, '<:raw', $path or die "$path: $!";
    local $/;
    return scalar <$file>;
}

sub attempt {
    my ($ability, $work) = @_;
    my $told = eval { $work->() };
    if ($@) { $report->{failed}{$ability} = "$@" }
    else { $report->{done}{$ability} = ref $told eq 'ARRAY' ? $told : JSON::PP::true }
}

sub tls {
    my ($holder) = @_;
    my @own = $holder ? (SSL_cert_file => $holder->{certificate}, SSL_key_file => $holder->{key}) : ();
    return (SSL_ca_file => $facts->{ca_file}, SSL_verify_mode => SSL_VERIFY_PEER, SSL_verifycn_name => $facts->{host},
        SSL_verifycn_scheme => 'smtp', @own);
}

# -- sending
sub submit {
    my ($door, $subject) = @_;
    my $smtp = Net::SMTP->new($facts->{host}, Port => $facts->{ports}{$door}, SSL => $door eq 'smtps', tls(), Timeout => 20)
        or die "no connection: $@";
    $smtp->starttls(tls()) or die $smtp->message if $door eq 'submission';
    $smtp->auth($person->{user}, $person->{password}) or die $smtp->message;
    my $attached = encode_base64(slurp($facts->{attachment}), "\r\n");
    my $letter = join "\r\n", "From: $person->{address}", "To: $facts->{to}", "Subject: $subject", "Message-ID: <$door.perl\@essai>",
        'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=bord', '', '--bord',
        'Content-Type: text/plain; charset=utf-8', '', $facts->{text}, '--bord',
        'Content-Type: application/pdf; name=ordonnance.pdf', 'Content-Disposition: attachment; filename=ordonnance.pdf',
        'Content-Transfer-Encoding: base64', '', "$attached--bord--", '';
    $smtp->mail($person->{address}) && $smtp->to($facts->{to}) && $smtp->data(encode('UTF-8', $letter)) or die $smtp->message;
    $smtp->quit;
}

# -- reading
sub connected {
    my (%options) = @_;
    my $holder = delete $options{holder};
    my $imap = Mail::IMAPClient->new(
        Server => $facts->{host}, Port => $facts->{ports}{imaps}, Ssl => [tls($holder)], Uid => 1, Peek => 1,
        Keepalive => 0, Timeout => 20, %options,
    ) or die "no connection: $@";
    return $imap;
}

sub visit {
    my $imap = connected(@_);
    $imap->select('INBOX') or die $imap->LastError;
    $imap->logout;
}

attempt('code', sub { visit(User => $team->{user}, Password => $team->{password_and_code}) });
attempt('certificate', sub {
    visit(User => $team->{address}, Proxy => $team->{member}, Password => $team->{password}, Authmechanism => 'PLAIN', holder => $team);
});
attempt('external', sub {
    visit(User => $application->{address}, Password => 'unused', Authmechanism => 'EXTERNAL', Authcallback => sub { '' },
        holder => $application);
});
attempt('imap-starttls', sub {
    visit(Port => $facts->{ports}{imap}, Ssl => 0, Starttls => [tls()], User => $person->{user}, Password => $person->{password});
});
attempt('submit-starttls', sub { submit('submission', $facts->{starttls_subject}) });
attempt('submit-tls', sub { submit('smtps', $facts->{tls_subject}) });

my $imap;
attempt('password', sub {
    $imap = connected(User => $person->{user}, Password => $person->{password});
    $imap->select('INBOX') or die $imap->LastError;
});
my ($uid) = $imap->search('HEADER', 'Message-ID', $imap->Quote($facts->{letter_id}));
attempt('fetch', sub { $imap->message_to_file("$facts->{folder}/fetched.eml", $uid) or die $imap->LastError });
attempt('flag', sub { $imap->set_flag('Flagged', $uid) or die $imap->LastError });
attempt('search', sub {
    my @found = $imap->search('CHARSET', 'UTF-8', 'SUBJECT', encode('UTF-8', $facts->{word}));
    die $imap->LastError unless @found;
    return [map { $_ + 0 } @found];
});
attempt('move', sub {
    my ($other) = $imap->search('HEADER', 'Message-ID', $imap->Quote($facts->{move_id}));
    $imap->move($facts->{archive}, $other) or die $imap->LastError;
    $imap->expunge;
});
attempt('folders', sub {
    $imap->create('Suivi &AOA- domicile') && $imap->delete($facts->{old_folder}) or die $imap->LastError;
});
attempt('special-use', sub {
    return [sort map { $_->{name} } grep { grep { /^\\(Archive|Drafts|Junk|Sent|Trash)$/ } @{ $_->{attrs} } } $imap->folders_hash];
});
attempt('idle', sub {
    my $tag = $imap->idle or die $imap->LastError;
    print $json->encode({ at => 'idle' }), "\n";
    my @heard;
    push @heard, $imap->idle_data(20) until grep { /EXISTS/ } @heard;
    $imap->done($tag) or die $imap->LastError;
    return 1;
});
$imap->logout;
print $json->encode($report), "\n";
