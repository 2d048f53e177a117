import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/** A NATS client that reads its Secret again whenever it connects. */
public final class Main {
    static final Path FOLDER = Path.of(setting("NATS_FOLDER", "/etc/nats"));
    static final String SUBJECT = setting("NATS_SUBJECT", "orders.created");
    static final char[] IN_MEMORY = new char[0];

    public static void main(String[] args) throws InterruptedException {
        int number = 1;
        while (true) {
            try (Connection connection = Nats.connect(options())) {
                System.out.println("Connected");
                connection.createDispatcher(message -> System.out.println("Received: " + text(message.getData())))
                    .subscribe(SUBJECT);
                while (connection.getStatus() == Connection.Status.CONNECTED) {
                    connection.publish(SUBJECT, ("Message #" + number++).getBytes(StandardCharsets.UTF_8));
                    Thread.sleep(1000);
                }
                System.out.println("Disconnected");
            } catch (IOException | GeneralSecurityException | IllegalStateException error) {
                System.out.println("Not connected: " + error.getMessage());
            }
            Thread.sleep(1000);
        }
    }

    /** jnats keeps its options for as long as it reconnects, so that reconnecting is left to us. */
    static Options options() throws IOException, GeneralSecurityException {
        Options.Builder builder = new Options.Builder()
            .server(read("url"))
            .userInfo(read("username"), read("password"))
            .inboxPrefix("_INBOX_" + read("username") + ".")
            .noReconnect()
            .errorListener(new ErrorListener() {
                @Override
                public void errorOccurred(Connection connection, String error) {
                    System.out.println("Error: " + error);
                }

                @Override
                public void exceptionOccurred(Connection connection, Exception error) {
                    System.out.println("Error: " + error);
                }
            });
        // A leaf has no TLS of its own: there the mesh encrypts.
        if (Files.exists(FOLDER.resolve("tls.crt"))) builder.sslContext(tls());
        return builder.build();
    }

    static SSLContext tls() throws IOException, GeneralSecurityException {
        KeyStore trusted = emptyStore();
        int count = 0;
        for (Certificate root : certificates("ca.crt")) trusted.setCertificateEntry("root-" + count++, root);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);

        Certificate[] chain = certificates("tls.crt");
        KeyStore own = emptyStore();
        own.setKeyEntry("own", privateKey(chain[0].getPublicKey()), IN_MEMORY, chain);
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, IN_MEMORY);

        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    static Certificate[] certificates(String name) throws IOException, GeneralSecurityException {
        try (InputStream stream = Files.newInputStream(FOLDER.resolve(name))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(stream).toArray(new Certificate[0]);
        }
    }

    /** Java reads keys in PKCS #8 alone; one of an elliptic curve or of RSA may come in the form before it. */
    static PrivateKey privateKey(PublicKey publicKey) throws IOException, GeneralSecurityException {
        String pem = read("tls.key");
        byte[] key = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
        if (!pem.startsWith("-----BEGIN PRIVATE KEY-----")) {
            AlgorithmIdentifier algorithm = SubjectPublicKeyInfo.getInstance(publicKey.getEncoded()).getAlgorithm();
            key = new PrivateKeyInfo(algorithm, ASN1Primitive.fromByteArray(key)).getEncoded();
        }
        return KeyFactory.getInstance(publicKey.getAlgorithm()).generatePrivate(new PKCS8EncodedKeySpec(key));
    }

    static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    static String read(String name) throws IOException {
        return Files.readString(FOLDER.resolve(name)).strip();
    }

    static String text(byte[] data) {
        return new String(data, StandardCharsets.UTF_8);
    }

    static String setting(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
