import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.*;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.*;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.data.Stat;

/**
 * Writes something of every kind that a release knows, with its own client:
 *
 *   java -cp JARS Workload.java CONNECT VERSION all      everything, once; sessions left open are killed with the JVM
 *   java -cp JARS Workload.java CONNECT VERSION some N   N ordinary writes below /more
 *   java -cp JARS Workload.java CONNECT VERSION tree     reads: a line for each znode, path and data
 *   java -cp JARS Workload.java CONNECT VERSION reconfig PASSWORD JOINING LEAVING   as super ("-" for none)
 *
 * Compiles against every line from 3.4 to 3.9; what differs is reached by reflection.
 */
public class Workload {
    static int minor;
    static ZooKeeper zk;

    public static void main(String[] args) throws Exception {
        minor = Integer.parseInt(args[1].split("\\.")[1]);
        zk = open(args[0], 30000);
        if (args[2].equals("all")) all(args[0]);
        if (args[2].equals("some")) some(Integer.parseInt(args[3]));
        if (args[2].equals("tree")) tree("/");
        if (args[2].equals("reconfig")) reconfig(args[0], args[3], args[4], args[5]);
        if (!args[2].equals("all")) zk.close();
        System.out.println("done");
        System.out.flush();
        // no close: what is open now stays open on the server
        Runtime.getRuntime().halt(0);
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

    static void all(String connect) throws Exception {
        plain("/app", utf8("root of the application"));
        for (String name : new String[] {"config", "queue", "locks", "members", "acl", "data", "multi"}) plain("/app/" + name, null);

        // data: null, empty, text, not ASCII, binary, larger
        plain("/app/data/null", null);
        plain("/app/data/empty", new byte[0]);
        plain("/app/data/json", utf8("{\"replicas\":3,\"name\":\"\u00fcber \u65e5\u672c\u8a9e \ud83d\ude80\"}"));
        byte[] binary = new byte[256];
        for (int i = 0; i < 256; i++) binary[i] = (byte) i;
        plain("/app/data/binary", binary);
        byte[] large = new byte[3000];
        new Random(1).nextBytes(large);
        plain("/app/data/large", large);
        plain("/app/data/gr\u00f6\u00dfe-\u65e5\u672c", utf8("path with letters beyond ASCII"));
        plain("/app/data/text", utf8("two\nlines\r\n\ttab \u0001 \"quoted\" back\\slash"));
        zk.setData("/app/data/text", utf8("changed"), 0);
        zk.setData("/app/data/text", null, -1);
        zk.setData("/app/data/text", new byte[0], 2);
        zk.delete("/app/data/empty", -1);

        for (int i = 0; i < 4; i++) zk.create("/app/queue/item-", utf8("job " + i), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL);
        zk.create("/app/locks/lock-", utf8("holder"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL_SEQUENTIAL);
        zk.create("/app/members/me", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);

        // access lists: digest, ip, one permission only, several entries
        zk.addAuthInfo("digest", utf8("alice:secret"));
        zk.create("/app/acl/mine", utf8("x"), ZooDefs.Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
        zk.create("/app/acl/read", null, ZooDefs.Ids.READ_ACL_UNSAFE, CreateMode.PERSISTENT);
        List<ACL> several = Arrays.asList(
            new ACL(ZooDefs.Perms.READ | ZooDefs.Perms.WRITE, new Id("ip", "127.0.0.1")),
            new ACL(ZooDefs.Perms.ALL, new Id("digest", "bob:7Hmr0gjPg4f5Ad4v2vjBkO3QTQ0=")),
            new ACL(ZooDefs.Perms.ADMIN, new Id("world", "anyone")));
        zk.create("/app/acl/several", null, several, CreateMode.PERSISTENT);
        plain("/app/acl/changed", null);
        zk.setACL("/app/acl/changed", Arrays.asList(new ACL(ZooDefs.Perms.CREATE | ZooDefs.Perms.DELETE, ZooDefs.Ids.ANYONE_ID_UNSAFE)), 0);

        // multi: done, with a check, failing first, in the middle and by its check
        multi(create("/app/multi/a", "1"), create("/app/multi/b", null), Op.setData("/app/multi/a", utf8("2"), 0));
        multi(Op.check("/app/multi/a", 1), Op.setData("/app/multi/b", null, -1), Op.delete("/app/multi/a", -1));
        multi(create("/app/multi/c", "1"), Op.delete("/app/nothing", -1), create("/app/multi/d", "1"));
        multi(create("/app/multi/b", "1"), create("/app/multi/e", "1"));
        multi(Op.check("/app/multi/b", 77), create("/app/multi/f", "1"));

        // requests that fail
        attempt(() -> plain("/app", null));
        attempt(() -> plain("/nowhere/below", null));
        attempt(() -> zk.setData("/app", null, 99));
        attempt(() -> zk.delete("/app", -1));
        attempt(() -> zk.delete("/nothing", -1));
        attempt(() -> plain("/app/members/me/child", null));
        attempt(() -> zk.create("/app/x", null, Arrays.asList(new ACL(31, new Id("nosuch", "scheme"))), CreateMode.PERSISTENT));
        attempt(() -> zk.setACL("/app/acl/several", ZooDefs.Ids.OPEN_ACL_UNSAFE, 5));
        ZooKeeper stranger = open(connect, 20000);
        attempt(() -> stranger.setData("/app/acl/mine", null, -1));

        quota("/app/queue", 100, 100000);

        if (minor >= 5) {
            zk.getClass().getMethod("create", String.class, byte[].class, List.class, CreateMode.class, Stat.class)
                .invoke(zk, "/app/data/with-stat", utf8("create2"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT, new Stat());
            CreateMode container = CreateMode.valueOf("CONTAINER");
            zk.create("/app/container", utf8("c"), ZooDefs.Ids.OPEN_ACL_UNSAFE, container);
            plain("/app/container/child", null);
            zk.create("/app/emptied", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, container);
            plain("/app/emptied/child", null);
            zk.delete("/app/emptied/child", -1);
            Method ttl = zk.getClass().getMethod("create", String.class, byte[].class, List.class, CreateMode.class, Stat.class, long.class);
            ttl.invoke(zk, "/app/ttl", utf8("t"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.valueOf("PERSISTENT_WITH_TTL"), new Stat(), 3600000L);
            ttl.invoke(zk, "/app/ttl-short", utf8("t"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.valueOf("PERSISTENT_WITH_TTL"), new Stat(), 500L);
            multi(Op.create("/app/multi/container", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, container));
            if (minor >= 7) {
                Method create2 = Op.class.getMethod("create", String.class, byte[].class, List.class, CreateMode.class);
                Op op = (Op) create2.invoke(null, "/app/multi/g", utf8("g"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
                // the client has no way to ask for create2 inside a multi, other clients do
                java.lang.reflect.Field type = Op.class.getDeclaredField("type");
                type.setAccessible(true);
                type.set(op, 15);
                multi(op);
            }
        }

        // a session that closes with ephemerals, one that expires with some, one without any
        ZooKeeper closing = open(connect, 20000);
        for (int i = 0; i < 3; i++) closing.create("/app/members/closing-" + i, utf8("e"), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        closing.close();
        open(connect, 20000).close();
        ZooKeeper expiring = open(connect, 4000);
        expiring.create("/app/members/expiring", null, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.EPHEMERAL);
        silence(expiring);
        for (int i = 0; i < 300 && zk.exists("/app/members/expiring", false) != null; i++) Thread.sleep(100);
        if (zk.exists("/app/members/expiring", false) != null) throw new IllegalStateException("the session did not expire");
        if (minor >= 5) for (int i = 0; i < 200 && zk.exists("/app/emptied", false) != null; i++) Thread.sleep(100);
        zk.delete("/app/queue/item-0000000001", -1);
    }

    /** Cuts the connection for good without closing the session: the client's threads are told to stop. */
    static void silence(ZooKeeper client) throws Exception {
        java.lang.reflect.Field field = ZooKeeper.class.getDeclaredField("cnxn");
        field.setAccessible(true);
        Object connection = field.get(client);
        Method disconnect = connection.getClass().getDeclaredMethod("disconnect");
        disconnect.setAccessible(true);
        disconnect.invoke(connection);
    }

    static void some(int count) throws Exception {
        if (zk.exists("/more", false) == null) plain("/more", null);
        for (int i = 0; i < count; i++) {
            String path = zk.create("/more/n-", utf8("value " + i), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_SEQUENTIAL);
            if (i % 3 == 0) zk.setData(path, utf8("changed " + i), -1);
            if (i % 5 == 0) zk.delete(path, -1);
        }
    }

    static void tree(String path) throws Exception {
        if (path.startsWith("/zookeeper")) return;
        byte[] data = zk.getData(path, false, null);
        if (path.length() > 1) System.out.println(path + "\t" + (data == null ? "" : new String(data, StandardCharsets.UTF_8)));
        List<String> children = zk.getChildren(path, false);
        Collections.sort(children);
        for (String child : children) tree((path.length() > 1 ? path : "") + "/" + child);
    }

    static void reconfig(String connect, String password, String joining, String leaving) throws Exception {
        java.lang.reflect.Constructor<?> constructor = Class.forName("org.apache.zookeeper.admin.ZooKeeperAdmin").getConstructor(String.class, int.class, Watcher.class);
        Object admin = constructor.newInstance(connect, 30000, (Watcher) event -> { });
        admin.getClass().getMethod("addAuthInfo", String.class, byte[].class).invoke(admin, "digest", utf8("super:" + password));
        for (int tries = 0; ; tries++) {
            try {
                admin.getClass().getMethod("reconfigure", String.class, String.class, String.class, long.class, Stat.class)
                    .invoke(admin, joining.equals("-") ? null : joining, leaving.equals("-") ? null : leaving, null, -1L, new Stat());
                return;
            } catch (java.lang.reflect.InvocationTargetException e) {
                if (!(e.getCause() instanceof KeeperException.ConnectionLossException) || tries > 50) throw e;
                Thread.sleep(200);
            }
        }
    }

    static void quota(String path, int count, long bytes) throws Exception {
        String base = "/zookeeper/quota";
        for (String part : path.substring(1).split("/")) {
            base += "/" + part;
            if (zk.exists(base, false) == null) plain(base, null);
        }
        plain(base + "/zookeeper_limits", utf8("count=" + count + ",bytes=" + bytes));
        plain(base + "/zookeeper_stats", utf8("count=0,bytes=0"));
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

    static void multi(Op... ops) throws Exception {
        try {
            zk.multi(Arrays.asList(ops));
        } catch (KeeperException expected) {
            // some are meant to fail; the log holds them all the same
        }
    }

    static Op create(String path, String data) {
        return Op.create(path, data == null ? null : utf8(data), ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT.toFlag());
    }

    static void plain(String path, byte[] data) throws KeeperException, InterruptedException {
        zk.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
