import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.codelibs.opensearch.runner.node.OpenSearchRunnerNode;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/** Runs one OpenSearch node until SIGTERM. Arguments: home folder (with config/opensearch.yml), module classes by comma. */
public final class OpenSearchNode {
    private static final long CLOSE_SECONDS = 15;

    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        List<Class<? extends Plugin>> modules = new ArrayList<>();
        for (String name : args[1].split(",")) {
            modules.add(Class.forName(name).asSubclass(Plugin.class));
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            Settings.EMPTY, Map.of("path.home", home.toString()), home.resolve("config"), () -> "local");
        Node node = new OpenSearchRunnerNode(environment, modules);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        try {
            node.start();
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
        new CountDownLatch(1).await();
    }

    private static void close(Node node) {
        try {
            node.close();
            node.awaitClose(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
