package dev.webhooks.readme;

import dev.webhooks.host.Surroundings;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles Java blocks of READMEs as they stand there, each as the members of a class or the
 * statements of a method of its own that extends {@link Surroundings}.
 */
final class Snippets {
  private static final String IMPORTS = """
      package dev.webhooks.host;
      import static org.assertj.core.api.Assertions.*;
      import dev.webhooks.*;
      import dev.webhooks.management.*;
      import dev.webhooks.micrometer.*;
      import dev.webhooks.model.*;
      import dev.webhooks.okhttp.*;
      import dev.webhooks.signing.*;
      import dev.webhooks.spi.*;
      import dev.webhooks.store.jdbc.*;
      import dev.webhooks.testing.*;
      import jakarta.transaction.*;
      import java.nio.file.*;
      import java.sql.*;
      import java.time.*;
      import java.util.*;
      import javax.sql.*;
      import org.junit.jupiter.api.*;
      import org.junit.jupiter.params.*;
      import org.junit.jupiter.params.provider.*;
      """;

  /** The beginnings that only members of a class have. */
  private static final Pattern MEMBERS =
      Pattern.compile("(?m)^(@|private |static |public |class |record |interface )");

  private final Map<CodeBlock, String> names = new LinkedHashMap<>();
  private final Map<String, Compiled> classes = new LinkedHashMap<>();
  private final Map<String, List<String>> errors = new LinkedHashMap<>();

  private Snippets() {}

  /** Compiles blocks, all at once since that is faster. */
  static Snippets compile(List<CodeBlock> blocks) {
    Snippets snippets = new Snippets();
    List<JavaFileObject> sources = new ArrayList<>();
    for (CodeBlock block : blocks) {
      String file = block.file().toString().replaceAll("[^A-Za-z]", "_");
      String name = "Snippet_" + file + "_" + block.line();
      snippets.names.put(block, name);
      sources.add(new Source(name, source(name, block.text())));
    }
    snippets.compileAll(sources);
    return snippets;
  }

  private static String source(String name, String text) {
    String start = IMPORTS + "class " + name + " extends Surroundings {\n";
    return MEMBERS.matcher(text).find()
        ? start + text + "}\n"
        : start + "@Override public void run() throws Exception {\n" + text + "}\n}\n";
  }

  private void compileAll(List<JavaFileObject> sources) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> diagnostics = new DiagnosticCollector<>();
    List<String> options =
        List.of("-proc:none", "-Xlint:none", "-classpath", System.getProperty("java.class.path"));
    JavaFileManager files = compiler.getStandardFileManager(diagnostics, Locale.ROOT, null);
    compiler
        .getTask(null, new Memory(files), diagnostics, options, null, sources)
        .call();
    diagnostics.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .forEach(this::note);
  }

  private void note(Diagnostic<? extends JavaFileObject> error) {
    String name = error.getSource() == null ? "" : ((Source) error.getSource()).name;
    errors.computeIfAbsent(name, ignored -> new ArrayList<>()).add(error.getMessage(Locale.ROOT));
  }

  /** Returns what the compiler has against a block; empty if nothing. */
  List<String> errors(CodeBlock block) {
    List<String> all = new ArrayList<>(errors.getOrDefault("", List.of()));
    all.addAll(errors.getOrDefault(names.get(block), List.of()));
    return all;
  }

  /** Loads the class of a block beside those of the host, whose package it is in. */
  Class<?> load(CodeBlock block) throws IllegalAccessException {
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException("does not compile: " + errors);
    }
    String name = names.get(block);
    Class<?> loaded = Surroundings.lookup()
        .defineClass(classes.get("dev.webhooks.host." + name).bytes());
    for (Map.Entry<String, Compiled> inner : classes.entrySet()) {
      if (inner.getKey().startsWith("dev.webhooks.host." + name + "$")) {
        Surroundings.lookup().defineClass(inner.getValue().bytes());
      }
    }
    return loaded;
  }

  /** A block with what it takes to compile it. */
  private static final class Source extends SimpleJavaFileObject {
    private final String name;
    private final String text;

    Source(String name, String text) {
      super(URI.create("mem:///dev/webhooks/host/" + name + ".java"), Kind.SOURCE);
      this.name = name;
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** A class file. */
  private static final class Compiled extends SimpleJavaFileObject {
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();

    Compiled(String name) {
      super(URI.create("mem:///" + name.replace('.', '/') + ".class"), Kind.CLASS);
    }

    @Override
    public OutputStream openOutputStream() {
      return content;
    }

    byte[] bytes() {
      return content.toByteArray();
    }
  }

  /** Keeps class files in memory. */
  private final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    Memory(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return classes.computeIfAbsent(name, Compiled::new);
    }
  }
}
