package dev.webhooks.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists the signatures that a module exports: each public type of an exported package with its
 * public and protected members, in the order of their names.
 */
final class ApiReport {
  private final List<String> lines = new ArrayList<>();

  private ApiReport() {}

  /** Returns the report of the modules to which some classes belong, a line for each signature. */
  static List<String> of(Class<?>... ofEachModule) {
    ApiReport report = new ApiReport();
    for (Class<?> type : ofEachModule) {
      report.module(type);
    }
    return report.lines;
  }

  private void module(Class<?> one) {
    ModuleReference module = ModuleFinder.of(location(one)).findAll().stream()
        .filter(found -> found.descriptor().packages().contains(one.getPackageName()))
        .findFirst()
        .orElseThrow();
    lines.add("module " + module.descriptor().name());
    Set<String> exported = module.descriptor().exports().stream()
        .filter(export -> !export.isQualified())
        .map(ModuleDescriptor.Exports::source)
        .collect(Collectors.toSet());
    try (ModuleReader reader = module.open();
        Stream<String> files = reader.list()) {
      files
          .filter(file -> file.endsWith(".class") && !file.endsWith("-info.class"))
          .map(file -> file.substring(0, file.length() - ".class".length()).replace('/', '.'))
          .filter(name -> exported.contains(name.substring(0, name.lastIndexOf('.'))))
          .sorted()
          .map(name -> load(name, one.getClassLoader()))
          .filter(ApiReport::isVisible)
          .forEach(this::type);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path location(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Class<?> load(String name, @Nullable ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isVisible(@Nullable Class<?> type) {
    return type != null
        && !type.isAnonymousClass()
        && isVisible(type.getModifiers())
        && (type.getEnclosingClass() == null || isVisible(type.getEnclosingClass()));
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private void type(Class<?> type) {
    lines.add("");
    lines.add(type.getPackageName() + " " + kind(type) + " " + TypeNames.of(type)
        + TypeNames.declared(type.getTypeParameters())
        + parents(type));
    members(type.getDeclaredFields(), Field::getName, this::field);
    members(type.getDeclaredConstructors(), ApiReport::signature, this::constructor);
    members(
        type.getDeclaredMethods(),
        method -> method.getName() + signature(method),
        method -> method(type, method));
  }

  private static <M extends Member> void members(
      M[] members, Function<M, String> order, Consumer<M> report) {
    Arrays.stream(members)
        .filter(member -> isVisible(member.getModifiers()) && !member.isSynthetic())
        .sorted(Comparator.comparing(order))
        .forEach(report);
  }

  private static String kind(Class<?> type) {
    if (type.isInterface()) {
      return "interface";
    }
    if (type.isEnum()) {
      return "enum";
    }
    String abstractness = Modifier.isAbstract(type.getModifiers()) ? "abstract " : "";
    String finality = Modifier.isFinal(type.getModifiers()) ? "final " : "";
    return type.isRecord() ? "record" : abstractness + finality + "class";
  }

  private static String parents(Class<?> type) {
    AnnotatedType parent = type.getAnnotatedSuperclass();
    Set<Class<?>> usual = Set.of(Object.class, Enum.class, Record.class);
    boolean named = parent != null && !usual.contains(type.getSuperclass());
    return (named ? " extends " + TypeNames.of(parent) : "")
        + TypeNames.joined(
            type.getAnnotatedInterfaces(), type.isInterface() ? " extends " : " implements ", "");
  }

  private void field(Field field) {
    lines.add("  " + prefix(field.getModifiers())
        + (field.isEnumConstant()
            ? field.getName()
            : TypeNames.of(field.getAnnotatedType()) + " " + field.getName()));
  }

  private void constructor(Constructor<?> constructor) {
    lines.add("  " + prefix(constructor.getModifiers()) + "new" + signature(constructor));
  }

  /** Leaves out what each enum, record and object has. */
  private void method(Class<?> type, Method method) {
    boolean ofEachEnum = type.isEnum() && Set.of("values", "valueOf").contains(method.getName());
    boolean ofEachObject = Set.of("equals", "hashCode", "toString").contains(method.getName());
    if (ofEachEnum || ofEachObject) {
      return;
    }
    String variables = TypeNames.declared(method.getTypeParameters());
    lines.add("  " + prefix(method.getModifiers()) + (method.isDefault() ? "default " : "")
        + (variables.isEmpty() ? "" : variables + " ")
        + TypeNames.of(method.getAnnotatedReturnType()) + " "
        + method.getName() + signature(method));
  }

  private static String prefix(int modifiers) {
    return (Modifier.isProtected(modifiers) ? "protected " : "")
        + (Modifier.isStatic(modifiers) ? "static " : "");
  }

  private static String signature(Executable executable) {
    String parameters = Arrays.stream(executable.getParameters())
        .map(ApiReport::parameter)
        .collect(Collectors.joining(", ", "(", ")"));
    return parameters + TypeNames.joined(executable.getAnnotatedExceptionTypes(), " throws ", "");
  }

  private static String parameter(Parameter parameter) {
    String type = TypeNames.of(parameter.getAnnotatedType());
    return parameter.isVarArgs() ? type.substring(0, type.length() - "[]".length()) + "..." : type;
  }
}
