import java.io.*;
import java.util.*;
import java.util.jar.*;

/**
 * Every text constant of ZooKeeper's own classes on the class path, one a line:
 *
 *   java -cp JARS KeyOracle.java
 */
public class KeyOracle {
    public static void main(String[] args) throws Exception {
        Set<String> texts = new TreeSet<>();
        for (String part : System.getProperty("java.class.path").split(":")) {
            if (!part.matches(".*/zookeeper[^/]*\\.jar")) continue;
            try (JarFile jar = new JarFile(part)) {
                for (JarEntry entry : Collections.list(jar.entries())) {
                    if (entry.getName().endsWith(".class")) read(new DataInputStream(new BufferedInputStream(jar.getInputStream(entry))), texts);
                }
            }
        }
        for (String text : texts) if (text.matches("[ -~]+")) System.out.println(text);
        System.exit(0);
    }

    /** The constant pool, JVM specification 4.4. */
    static void read(DataInputStream in, Set<String> texts) throws IOException {
        in.readInt();
        in.readInt();
        int count = in.readUnsignedShort();
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            if (tag == 1) texts.add(in.readUTF());
            else if (tag == 5 || tag == 6) { in.readLong(); i++; }
            else if (tag == 7 || tag == 8 || tag == 16 || tag == 19 || tag == 20) in.readUnsignedShort();
            else if (tag == 15) { in.readUnsignedByte(); in.readUnsignedShort(); }
            else in.readInt();
        }
        in.close();
    }
}
