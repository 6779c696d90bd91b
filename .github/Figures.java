import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The size of the code base in figures: {@code java .github/Figures.java} in the root of a checkout. */
final class Figures {
  private static final List<String> LIBRARIES =
      List.of("webhooks-core", "webhooks-store-jdbc", "webhooks-okhttp");
  private static final Pattern ENGINE = Pattern.compile("dev\\.webhooks\\.(delivery|internal\\.engine)\\b.*");
  private static final Pattern EXPORT = Pattern.compile("(?m)^\\s*exports ([\\w.]+);");
  private static final Pattern TEST = Pattern.compile("@(?:Test|ParameterizedTest|RepeatedTest)\\b");
  private static final Pattern REFUSED =
      Pattern.compile("(?:What|Who|Whether|How|For how|Is told|Are told|As above)\\b.*", Pattern.DOTALL);

  private Figures() {}

  public static void main(String[] arguments) throws IOException {
    for (String library : LIBRARIES) {
      Module module = Module.of(Path.of(library));
      module.print(library);
      if (library.equals("webhooks-core")) {
        module.printEngine();
      }
    }
    int tests = 0;
    for (Path file : files(Path.of("."), "src/test/java")) {
      tests += (int) TEST.matcher(Files.readString(file)).results().count();
    }
    print("all modules", "test methods", tests);
    String readme = Files.readString(Path.of("README.md"));
    print("README", "lines / words", readme.lines().count() + " / " + readme.strip().split("\\s+").length);
  }

  private static List<Path> files(Path root, String below) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> file.toString().replace('\\', '/').contains(below))
          .sorted()
          .toList();
    }
  }

  private static void print(String where, String figure, Object value) {
    System.out.printf(Locale.ROOT, "%-20s %-44s %s%n", where, figure, value);
  }

  /** The figures of one library's main code. */
  private static final class Module extends TreePathScanner<Void, Void> {
    private final List<Integer> methods = new ArrayList<>();
    private final Map<String, Integer> filesByPackage = new TreeMap<>();
    private final Set<String> exports;
    private final DocTrees trees;
    private int files;
    private long lines;
    private int publicTypes;
    private int topLevelTypes;
    private int refused;
    private CompilationUnitTree unit;

    private Module(Set<String> exports, DocTrees trees) {
      this.exports = exports;
      this.trees = trees;
    }

    static Module of(Path directory) throws IOException {
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      List<Path> sources = files(directory, "src/main/java");
      try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
        JavacTask task = (JavacTask) compiler.getTask(
            null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(sources));
        String declaration = Files.readString(directory.resolve("src/main/java/module-info.java"));
        Set<String> exports = EXPORT
            .matcher(declaration)
            .results()
            .map((MatchResult match) -> match.group(1))
            .collect(Collectors.toSet());
        Module module = new Module(exports, DocTrees.instance(task));
        for (CompilationUnitTree unit : task.parse()) {
          module.add(unit);
        }
        return module;
      }
    }

    private void add(CompilationUnitTree added) throws IOException {
      unit = added;
      files++;
      lines += added.getSourceFile().getCharContent(true).toString().lines().count();
      filesByPackage.merge(packageName(), 1, Integer::sum);
      scan(added, null);
    }

    private String packageName() {
      return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
    }

    @Override
    public Void visitClass(ClassTree type, Void nothing) {
      if (exports.contains(packageName()) && isPublic(getCurrentPath())) {
        publicTypes++;
        topLevelTypes += getCurrentPath().getParentPath().getLeaf() instanceof CompilationUnitTree ? 1 : 0;
      }
      checkSummary();
      return super.visitClass(type, nothing);
    }

    /** Returns whether a type and all types around it are public; members of interfaces always are. */
    private static boolean isPublic(TreePath path) {
      for (TreePath at = path; at.getLeaf() instanceof ClassTree type; at = at.getParentPath()) {
        boolean member = at.getParentPath().getLeaf() instanceof ClassTree outer
            && (outer.getKind() == Tree.Kind.INTERFACE || outer.getKind() == Tree.Kind.ANNOTATION_TYPE);
        if (!member && !type.getModifiers().getFlags().contains(Modifier.PUBLIC)) {
          return false;
        }
      }
      return true;
    }

    @Override
    public Void visitMethod(MethodTree method, Void nothing) {
      if (method.getBody() != null) {
        LineMap map = unit.getLineMap();
        Tree start = method.getReturnType() == null ? method : method.getReturnType(); // without annotations
        long first = map.getLineNumber(trees.getSourcePositions().getStartPosition(unit, start));
        long last = map.getLineNumber(trees.getSourcePositions().getEndPosition(unit, method));
        methods.add((int) (last - first + 1));
      }
      checkSummary();
      return super.visitMethod(method, nothing);
    }

    private void checkSummary() {
      String comment = trees.getDocComment(getCurrentPath());
      if (comment != null && REFUSED.matcher(comment.strip()).matches()) {
        refused++;
      }
    }

    void print(String name) {
      Collections.sort(methods);
      long over = methods.stream().filter(length -> length > 40).count();
      Figures.print(name, "main: lines / files", lines + " / " + files);
      Figures.print(name, "exported public types: top level / all", topLevelTypes + " / " + publicTypes);
      Figures.print(
          name,
          "lines of a method: median / p90 / over 40",
          methods.get(methods.size() / 2) + " / " + methods.get(methods.size() * 9 / 10) + " / " + over);
      Figures.print(name, "Javadoc summaries that begin as refused", refused);
    }

    /** Prints the size of the largest package of the engine. */
    void printEngine() {
      filesByPackage.entrySet().stream()
          .filter(entry -> ENGINE.matcher(entry.getKey()).matches())
          .max(Map.Entry.comparingByValue())
          .ifPresent(entry -> Figures.print(
              "webhooks-core", "files of the engine's largest package", entry.getValue() + " " + entry.getKey()));
    }
  }
}
