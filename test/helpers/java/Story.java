import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.*;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;

/**
 * Changes znodes below /story in every way that a release knows and says what it did:
 *
 *   java -cp JARS Story.java CONNECT VERSION tell         a line for each change: change, path, session, cause, data;
 *                                                         and one for each session: "session", id, timeout, end
 *   java -cp JARS Story.java CONNECT VERSION await PATH   until that znode is gone
 *
 * Ends without closing its last session, as a client that is killed.
 */
public class Story {
    static int minor;
    static ZooKeeper zk;

    public static void main(String[] args) throws Exception {
        minor = Integer.parseInt(args[1].split("\\.")[1]);
        zk = open(args[0], 8000);
        if (args[2].equals("tell")) tell(args[0]);
        else {
            awaitGone(args[3]);
            zk.close();
        }
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    static void tell(String connect) throws Exception {
        zk.addAuthInfo("digest", utf8("alice:secret"));
        create("/story", "root");
        create("/storyteller", null);
        create("/story/text", "one\ntwo\nthree");
        set("/story/text", "one\n2\nthree");
        set("/story/text", "one\n2\nthree");
        set("/story/text", null);
        set("/story/text", "");
        set("/storyteller", "not asked for");
        attempt(() -> zk.setData("/story/text", utf8("refused"), 77));
        zk.setACL("/story/text", Arrays.asList(new ACL(ZooDefs.Perms.READ | ZooDefs.Perms.WRITE, ZooDefs.Ids.ANYONE_ID_UNSAFE)), 0);
        say("acl", "/story/text", zk, "-", null);
        create("/story/twice", "first");
        delete("/story/twice", "first");
        create("/story/twice", "second");

        // multis: one that does it all, one that deletes with the parent, two that fail
        multi(op("/story/m", "1"), op("/story/m/child", "c"), Op.setData("/story/m", utf8("2"), 0), Op.check("/story/m", 1));
        say("created", "/story/m", zk, "-", "1");
        say("created", "/story/m/child", zk, "-", "c");
        say("data", "/story/m", zk, "-", "2");
        multi(Op.delete("/story/m/child", -1), Op.delete("/story/m", -1));
        say("deleted", "/story/m/child", zk, "multi", "c");
        say("deleted", "/story/m", zk, "multi", "2");
        attempt(() -> multi(op("/story/never", "1"), Op.delete("/story/nothing", -1), Op.setData("/story/text", utf8("never"), -1)));
        attempt(() -> multi(Op.setData("/story/text", utf8("never"), -1), Op.check("/story/text", 99)));

        // ephemerals: that go with the close, by somebody else's delete and multi, with the expiry
        ZooKeeper closing = open(connect, 6000);
        for (String path : new String[] {"/story/closing-1", "/story/closing-2", "/story/deleted", "/story/in-multi", "/story/own"}) ephemeral(closing, path);
        delete("/story/deleted", "e");
        multi(Op.delete("/story/in-multi", -1));
        say("deleted", "/story/in-multi", zk, "multi", "e");
        closing.delete("/story/own", -1);
        say("deleted", "/story/own", closing, "explicit", "e");
        closing.close();
        say("deleted", "/story/closing-1", closing, "session-closed", "e");
        say("deleted", "/story/closing-2", closing, "session-closed", "e");
        session(closing, 6000, "closed");

        ZooKeeper without = open(connect, 5000);
        without.close();
        session(without, 5000, "closed");

        ZooKeeper expiring = open(connect, 3000);
        ephemeral(expiring, "/story/expiring");
        silence(expiring);
        awaitGone("/story/expiring");
        say("deleted", "/story/expiring", expiring, "session-expired", "e");
        session(expiring, 3000, "expired");

        if (minor >= 5) {
            create2("/story/with-stat", "create2");
            zk.create("/story/container", utf8("c"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.valueOf("CONTAINER"));
            say("created", "/story/container", zk, "-", "c");
            create("/story/container/child", "x");
            delete("/story/container/child", "x");
            awaitGone("/story/container");
            say("deleted", "/story/container", null, "container", "c");
            Method ttl = zk.getClass().getMethod("create", String.class, byte[].class, List.class, CreateMode.class, Stat.class, long.class);
            ttl.invoke(zk, "/story/ttl", utf8("t"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.valueOf("PERSISTENT_WITH_TTL"), new Stat(), 400L);
            say("created", "/story/ttl", zk, "-", "t");
            awaitGone("/story/ttl");
            say("deleted", "/story/ttl", null, "ttl", "t");
        }

        // its client is this process, which is killed
        ephemeral(zk, "/story/killed");
        session(zk, 8000, "expired");
        say("deleted", "/story/killed", zk, "session-expired", "e");
    }

    static ZooKeeper open(String connect, int timeout) throws Exception {
        final CountDownLatch connected = new CountDownLatch(1);
        ZooKeeper client = new ZooKeeper(connect, timeout, new Watcher() {
            public void process(WatchedEvent event) {
                if (event.getState() == Event.KeeperState.SyncConnected) connected.countDown();
            }
        });
        if (!connected.await(30, TimeUnit.SECONDS)) throw new IllegalStateException("no connection to " + connect);
        return client;
    }

    static void create(String path, String data) throws Exception {
        zk.create(path, bytes(data), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
        say("created", path, zk, "-", data);
    }

    static void create2(String path, String data) throws Exception {
        zk.getClass().getMethod("create", String.class, byte[].class, List.class, CreateMode.class, Stat.class)
            .invoke(zk, path, bytes(data), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, new Stat());
        say("created", path, zk, "-", data);
    }

    static void ephemeral(ZooKeeper client, String path) throws Exception {
        client.create(path, utf8("e"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        say("created", path, client, "-", "e");
    }

    static void set(String path, String data) throws Exception {
        zk.setData(path, bytes(data), -1);
        say("data", path, zk, "-", data);
    }

    static void delete(String path, String last) throws Exception {
        zk.delete(path, -1);
        say("deleted", path, zk, "explicit", last);
    }

    static void multi(Op... ops) throws Exception {
        zk.multi(Arrays.asList(ops));
    }

    static Op op(String path, String data) {
        return Op.create(path, utf8(data), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT.toFlag());
    }

    interface Attempt {
        void run() throws Exception;
    }

    static void attempt(Attempt attempt) throws Exception {
        try {
            attempt.run();
        } catch (KeeperException expected) {
            return;
        }
        throw new IllegalStateException("a request that should have failed did not");
    }

    /** Cuts the connection for good without closing the session. */
    static void silence(ZooKeeper client) throws Exception {
        Field field = ZooKeeper.class.getDeclaredField("cnxn");
        field.setAccessible(true);
        Object connection = field.get(client);
        Method disconnect = connection.getClass().getDeclaredMethod("disconnect");
        disconnect.setAccessible(true);
        disconnect.invoke(connection);
    }

    static void awaitGone(String path) throws Exception {
        for (int i = 0; i < 400; i++) {
            if (zk.exists(path, false) == null) return;
            Thread.sleep(100);
        }
        throw new IllegalStateException(path + " stays");
    }

    static void session(ZooKeeper client, int timeout, String end) {
        System.out.println("session\t0x" + Long.toHexString(client.getSessionId()) + "\t" + timeout + "\t" + end);
    }

    /** `client` null: the servers themselves. */
    static void say(String change, String path, ZooKeeper client, String cause, String data) {
        String session = "0x" + Long.toHexString(client == null ? 0 : client.getSessionId());
        System.out.println(change + "\t" + path + "\t" + session + "\t" + cause + "\t" + (data == null ? "null" : "=" + data.replace("\n", "\\n")));
    }

    static byte[] bytes(String text) {
        return text == null ? null : utf8(text);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
