import jakarta.mail.Authenticator;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.PasswordAuthentication;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.event.MessageCountAdapter;
import jakarta.mail.event.MessageCountEvent;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import jakarta.mail.search.HeaderTerm;
import jakarta.mail.search.SubjectTerm;
import com.sun.mail.imap.IMAPFolder;
import com.sun.mail.imap.IMAPStore;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/** Jakarta Mail; `make clients` compiles the same source for JavaMail, whose packages begin with javax. */
public class Client {
    private static final Properties FACTS = new Properties();
    private static final Map<String, String> DONE = new TreeMap<>();
    private static final Map<String, String> FAILED = new TreeMap<>();

    public static void main(String[] arguments) throws Exception {
        // The same facts as the JSON beside it, one `person.user=…` a line: Java itself reads no JSON.
        try (var reader = Files.newBufferedReader(Path.of(arguments[0].replace(".json", ".properties")))) {
            FACTS.load(reader);
        }
        signIn();
        attempt(List.of("submit-starttls"), () -> submit("smtp", "submission", fact("starttls_subject")));
        attempt(List.of("submit-tls"), () -> submit("smtps", "smtps", fact("tls_subject")));
        read();
        String version = Session.class.getPackage().getName() + " " + Session.class.getPackage().getImplementationVersion();
        System.out.println("{\"version\": " + quoted(version) + ", \"done\": " + json(DONE) + ", \"failed\": " + json(FAILED) + "}");
    }

    private static String fact(String name) {
        return FACTS.getProperty(name);
    }

    private static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            out.append(c == '"' || c == '\\' ? "\\" + c : c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
        }
        return out.append('"').toString();
    }

    private static String json(Map<String, String> values) {
        return values.entrySet().stream().map(e -> quoted(e.getKey()) + ": " + e.getValue()).collect(Collectors.joining(", ", "{", "}"));
    }

    private static void attempt(List<String> abilities, Callable<String> work) {
        try {
            String told = work.call();
            abilities.forEach(ability -> DONE.put(ability, told));
        } catch (Exception problem) {
            StringWriter trace = new StringWriter();
            problem.printStackTrace(new PrintWriter(trace));
            abilities.forEach(ability -> FAILED.put(ability, quoted(trace.toString())));
        }
    }

    /** TLS that trusts the authority alone and, for a holder, presents the certificate of the PKCS#12 file. */
    private static SSLSocketFactory tls(String holder) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        try (InputStream ca = new FileInputStream(fact("ca_file"))) {
            trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(ca));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManager[] keys = null;
        if (holder != null) {
            char[] password = fact(holder + ".p12_password").toCharArray();
            KeyStore own = KeyStore.getInstance("PKCS12");
            try (InputStream file = new FileInputStream(fact(holder + ".p12"))) {
                own.load(file, password);
            }
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(own, password);
            keys = factory.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys, trust.getTrustManagers(), null);
        return context.getSocketFactory();
    }

    private static Properties settings(String protocol, String door, String holder) throws Exception {
        Properties settings = new Properties();
        String prefix = "mail." + protocol + ".";
        settings.put(prefix + "host", fact("host"));
        settings.put(prefix + "port", fact("ports." + door));
        settings.put(prefix + "ssl.socketFactory", tls(holder));
        settings.put(prefix + "ssl.checkserveridentity", "true");
        settings.put(prefix + "starttls.enable", "true");
        settings.put(prefix + "starttls.required", "true");
        settings.put(prefix + "auth", "true");
        settings.put(prefix + "timeout", "20000");
        return settings;
    }

    private static String submit(String protocol, String door, String subject) throws Exception {
        Session session = Session.getInstance(settings(protocol, door, null));
        MimeMessage letter = new MimeMessage(session);
        letter.setFrom(new InternetAddress(fact("person.address")));
        letter.setRecipient(Message.RecipientType.TO, new InternetAddress(fact("to")));
        letter.setSubject(subject, "UTF-8");
        MimeBodyPart text = new MimeBodyPart();
        text.setText(fact("text"), "UTF-8");
        MimeBodyPart attachment = new MimeBodyPart();
        attachment.attachFile(fact("attachment"));
        letter.setContent(new MimeMultipart(text, attachment));
        letter.saveChanges();
        try (Transport transport = session.getTransport(protocol)) {
            transport.connect(fact("person.user"), fact("person.password"));
            transport.sendMessage(letter, letter.getAllRecipients());
        }
        return "true";
    }

    private static IMAPStore connect(Properties settings, String protocol, String user, String password) throws Exception {
        IMAPStore store = (IMAPStore) Session.getInstance(settings).getStore(protocol);
        store.connect(user, password);
        return store;
    }

    private static String visit(Properties settings, String protocol, String user, String password) throws Exception {
        try (Store store = connect(settings, protocol, user, password)) {
            store.getFolder("INBOX").open(Folder.READ_ONLY);
        }
        return "true";
    }

    private static void signIn() {
        attempt(List.of("code"), () -> visit(settings("imaps", "imaps", null), "imaps", fact("team.user"), fact("team.password_and_code")));
        attempt(List.of("certificate"), () -> {
            Properties settings = settings("imaps", "imaps", "team");
            settings.put("mail.imaps.auth.mechanisms", "PLAIN");
            settings.put("mail.imaps.sasl.authorizationid", fact("team.address"));
            return visit(settings, "imaps", fact("team.member"), fact("team.password"));
        });
        attempt(List.of("external"), () -> {
            Properties settings = settings("imaps", "imaps", "application");
            settings.put("mail.imaps.sasl.enable", "true");
            settings.put("mail.imaps.sasl.mechanisms", "EXTERNAL");
            return visit(settings, "imaps", fact("application.address"), "unused");
        });
        attempt(List.of("imap-starttls"), () -> visit(settings("imap", "imap", null), "imap", fact("person.user"), fact("person.password")));
    }

    private static void read() throws Exception {
        Properties settings = settings("imaps", "imaps", null);
        settings.put("mail.imaps.peek", "true");
        try (IMAPStore store = connect(settings, "imaps", fact("person.user"), fact("person.password"))) {
            IMAPFolder inbox = (IMAPFolder) store.getFolder("INBOX");
            attempt(List.of("password"), () -> {
                inbox.open(Folder.READ_WRITE);
                return "true";
            });
            Message[] letter = inbox.search(new HeaderTerm("Message-ID", fact("letter_id")));
            attempt(List.of("fetch"), () -> {
                try (OutputStream file = new FileOutputStream(fact("folder") + "/fetched.eml")) {
                    letter[0].writeTo(file);
                }
                return "true";
            });
            attempt(List.of("flag"), () -> {
                letter[0].setFlag(Flags.Flag.FLAGGED, true);
                return "true";
            });
            attempt(List.of("search"), () -> {
                StringBuilder uids = new StringBuilder();
                for (Message found : inbox.search(new SubjectTerm(fact("word")))) {
                    uids.append(uids.length() == 0 ? "" : ", ").append(inbox.getUID(found));
                }
                return "[" + uids + "]";
            });
            attempt(List.of("move"), () -> {
                inbox.moveMessages(inbox.search(new HeaderTerm("Message-ID", fact("move_id"))), store.getFolder(fact("archive")));
                return "true";
            });
            attempt(List.of("folders"), () -> {
                return String.valueOf(store.getFolder(fact("new_folder")).create(Folder.HOLDS_MESSAGES)
                    && store.getFolder(fact("old_folder")).delete(false));
            });
            attempt(List.of("special-use"), () -> {
                List<String> uses = Arrays.asList("\\Archive", "\\Drafts", "\\Junk", "\\Sent", "\\Trash");
                TreeMap<String, String> found = new TreeMap<>();
                for (Folder folder : store.getDefaultFolder().list("*")) {
                    for (String attribute : ((IMAPFolder) folder).getAttributes()) {
                        if (uses.contains(attribute)) {
                            found.put(folder.getFullName(), attribute);
                        }
                    }
                }
                return found.keySet().stream().map(Client::quoted).collect(Collectors.joining(", ", "[", "]"));
            });
            attempt(List.of("idle"), () -> {
                boolean[] heard = {false};
                inbox.addMessageCountListener(new MessageCountAdapter() {
                    @Override
                    public void messagesAdded(MessageCountEvent event) {
                        heard[0] = true;
                    }
                });
                System.out.println("{\"at\": \"idle\"}");
                inbox.idle(true);
                return String.valueOf(heard[0]);
            });
        }
    }
}
