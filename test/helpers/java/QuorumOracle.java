import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringReader;
import java.util.HashSet;
import java.util.Properties;
import java.util.Set;
import org.apache.zookeeper.server.quorum.flexible.QuorumHierarchical;
import org.apache.zookeeper.server.quorum.flexible.QuorumMaj;
import org.apache.zookeeper.server.quorum.flexible.QuorumVerifier;

/** One line a case: entries of a dynamic file joined by blanks; one line back: for each set of voters 1 or 0. */
public class QuorumOracle {
    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Properties properties = new Properties();
            properties.load(new StringReader(line.replace(' ', '\n')));
            QuorumVerifier verifier =
                    line.contains("group.") ? new QuorumHierarchical(properties) : new QuorumMaj(properties);
            Long[] voters = verifier.getVotingMembers().keySet().stream().sorted().toArray(Long[]::new);
            StringBuilder out = new StringBuilder();
            for (int bits = 0; bits < 1 << voters.length; bits++) {
                Set<Long> set = new HashSet<>();
                for (int i = 0; i < voters.length; i++) if ((bits >> i & 1) == 1) set.add(voters[i]);
                out.append(verifier.containsQuorum(set) ? '1' : '0');
            }
            System.out.println(out);
        }
    }
}
