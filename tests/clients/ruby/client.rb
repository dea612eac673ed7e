# net/smtp and net/imap, as they come with Ruby.
require "json"
require "net/imap"
require "net/smtp"
require "openssl"

$stdout.sync = true
FACTS = JSON.parse(File.read(ARGV[0], encoding: "UTF-8"))
PERSON, TEAM, APPLICATION = FACTS.values_at("person", "team", "application")
REPORT = { version: "net-imap #{Net::IMAP::VERSION}, net-smtp #{Net::SMTP::VERSION}, Ruby #{RUBY_VERSION}", done: {}, failed: {} }

# The library has no EXTERNAL of its own; it takes one. An empty answer it would write as two quotes, so the mailbox is named.
class External
  def initialize(mailbox) = @mailbox = mailbox
  def process(_challenge) = @mailbox
end
Net::IMAP.add_authenticator("EXTERNAL", External)

def attempt(ability)
  told = yield
  REPORT[:done][ability] = told.is_a?(Array) ? told : true
rescue StandardError => e
  REPORT[:failed][ability] = e.full_message(highlight: false)
end

def tls(holder = nil)
  settings = { ca_file: FACTS["ca_file"], verify_mode: OpenSSL::SSL::VERIFY_PEER }
  return settings if holder.nil?

  own = OpenSSL::PKCS12.new(File.binread(holder["p12"]), holder["p12_password"])
  settings.merge(cert: own.certificate, key: own.key)
end

def submit(door, subject)
  attached = [File.binread(FACTS["attachment"])].pack("m").gsub("\n", "\r\n")
  letter = <<~LETTER.gsub("\n", "\r\n") + "#{attached}--bord--\r\n"
    From: #{PERSON["address"]}
    To: #{FACTS["to"]}
    Subject: #{subject}
    Message-ID: <#{door}.ruby@essai>
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary=bord

    --bord
    Content-Type: text/plain; charset=utf-8

    #{FACTS["text"]}
    --bord
    Content-Type: application/pdf; name=ordonnance.pdf
    Content-Disposition: attachment; filename=ordonnance.pdf
    Content-Transfer-Encoding: base64

  LETTER
  implicit = door == "smtps"
  smtp = Net::SMTP.new(FACTS["host"], FACTS["ports"][door], tls: implicit, starttls: implicit ? false : :always, ssl_context_params: tls)
  smtp.start(helo: "localhost", user: PERSON["user"], secret: PERSON["password"], authtype: :plain) do |session|
    session.send_message(letter, PERSON["address"], FACTS["to"])
  end
end

def connect(holder = nil) = Net::IMAP.new(FACTS["host"], port: FACTS["ports"]["imaps"], ssl: tls(holder))

def visit(imap)
  yield imap
  imap.select("INBOX")
  imap.logout
ensure
  imap.disconnect
end

attempt("code") { visit(connect) { |imap| imap.login(TEAM["user"], TEAM["password_and_code"]) } }
attempt("certificate") { visit(connect(TEAM)) { |imap| imap.login(TEAM["user"], TEAM["password"]) } }
attempt("external") { visit(connect(APPLICATION)) { |imap| imap.authenticate("EXTERNAL", APPLICATION["address"]) } }
attempt("imap-starttls") do
  visit(Net::IMAP.new(FACTS["host"], port: FACTS["ports"]["imap"])) do |imap|
    imap.starttls(tls)
    imap.login(PERSON["user"], PERSON["password"])
  end
end
attempt("submit-starttls") { submit("submission", FACTS["starttls_subject"]) }
attempt("submit-tls") { submit("smtps", FACTS["tls_subject"]) }

imap = connect
attempt("password") do
  imap.authenticate("PLAIN", PERSON["user"], PERSON["password"])
  imap.select("INBOX")
end
uid = imap.uid_search(["HEADER", "Message-ID", FACTS["letter_id"]]).first
attempt("fetch") { File.binwrite("#{FACTS["folder"]}/fetched.eml", imap.uid_fetch(uid, "BODY.PEEK[]").first.attr["BODY[]"]) }
attempt("flag") { imap.uid_store(uid, "+FLAGS", [:Flagged]) }
attempt("search") { imap.uid_search(["SUBJECT", FACTS["word"].b], "UTF-8") }
attempt("move") { imap.uid_move(imap.uid_search(["HEADER", "Message-ID", FACTS["move_id"]]), FACTS["archive"]) }
attempt("folders") do
  imap.create(Net::IMAP.encode_utf7(FACTS["new_folder"]))
  imap.delete(FACTS["old_folder"])
end
attempt("special-use") do
  uses = %i[Archive Drafts Junk Sent Trash]
  imap.list("", "*").select { |folder| folder.attr.intersect?(uses) }.map(&:name).sort
end
attempt("idle") do
  heard = false
  imap.idle(20) do |response|
    # The first answer is the server's invitation to wait.
    puts JSON.generate({ at: "idle" }) if response.is_a?(Net::IMAP::ContinuationRequest)
    if response.is_a?(Net::IMAP::UntaggedResponse) && response.name == "EXISTS"
      heard = true
      imap.idle_done
    end
  end
  raise "heard nothing" unless heard
end
imap.logout
imap.disconnect
puts JSON.generate(REPORT)
