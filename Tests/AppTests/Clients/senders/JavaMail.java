// JavaMail: JavaMail.java plain|starttls|tls PORT [CA]
import java.io.FileInputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.mail.Message;
import javax.mail.Session;
import javax.mail.Transport;
import javax.mail.internet.InternetAddress;
import javax.mail.internet.MimeMessage;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

public class JavaMail {
    public static void main(String[] words) throws Exception {
        String way = words[0];
        Properties settings = new Properties();
        settings.put("mail.smtp.host", way.equals("plain") ? "127.0.0.1" : "localhost");
        settings.put("mail.smtp.port", words[1]);
        if (!way.equals("plain")) {
            settings.put("mail.smtp.ssl.socketFactory", trusting(words[2]).getSocketFactory());
            settings.put("mail.smtp.ssl.checkserveridentity", "true");
        }
        if (way.equals("starttls")) {
            settings.put("mail.smtp.starttls.enable", "true");
            settings.put("mail.smtp.starttls.required", "true");
        }
        if (way.equals("tls")) settings.put("mail.smtp.ssl.enable", "true");

        MimeMessage message = new MimeMessage(Session.getInstance(settings));
        message.setFrom(new InternetAddress("me@example.org"));
        message.addRecipient(Message.RecipientType.TO, new InternetAddress("you@example.org"));
        message.setSubject("Hi");
        message.setText("Hello.");
        Transport.send(message);
    }

    private static SSLContext trusting(String path) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (FileInputStream file = new FileInputStream(path)) {
            store.setCertificateEntry(
                "server", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
