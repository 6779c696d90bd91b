package dev.webhooks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.webhooks.model.RetrySchedule;
import dev.webhooks.model.WebhookException;
import dev.webhooks.spi.AesGcmSecretCipher;
import dev.webhooks.testing.TestWebhooks;
import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Passes null for each parameter of what hosts call that is not marked as nullable, and as an
 * element of each array and list: it must be refused by the parameter's name, or by a code.
 */
class NullArgumentsTest {
  private static final List<String> PACKAGES =
      List.of("", "/model", "/signing", "/validation", "/management", "/micrometer", "/testing");

  @AutoClose
  private final SampleArguments samples = new SampleArguments();

  @TestFactory
  Stream<DynamicTest> null_is_refused_by_name() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (Class<?> type : types()) {
      for (Executable called : called(type)) {
        for (Parameter parameter : called.getParameters()) {
          String name = type.getSimpleName() + "." + called.getName() + ": " + parameter.getName();
          if (mustBePresent(parameter.getAnnotatedType())) {
            tests.add(DynamicTest.dynamicTest(name, () -> assertRefused(called, parameter, null)));
          }
          Object withNull = withNull(parameter);
          if (withNull != null) {
            tests.add(DynamicTest.dynamicTest(
                name + " with null", () -> assertRefused(called, parameter, withNull)));
          }
        }
      }
    }
    return tests.stream();
  }

  private void assertRefused(Executable called, Parameter parameter, @Nullable Object given) {
    assertThat(parameter.isNamePresent()).as("compiled with -parameters").isTrue();
    Throwable refusal = catchThrowable(() -> call(called, parameter, given));

    if (!(refusal instanceof WebhookException)) {
      assertThat(refusal).isInstanceOf(NullPointerException.class).hasMessage(parameter.getName());
    }
  }

  private void call(Executable called, Parameter special, @Nullable Object given) throws Throwable {
    List<@Nullable Object> arguments = new ArrayList<>();
    for (Parameter parameter : called.getParameters()) {
      arguments.add(parameter.equals(special) ? given : samples.of(parameter.getType()));
    }
    try {
      if (called instanceof Method method) {
        boolean isStatic = Modifier.isStatic(method.getModifiers());
        Object target = isStatic ? null : samples.of(method.getDeclaringClass());
        method.invoke(target, arguments.toArray());
      } else {
        ((Constructor<?>) called).newInstance(arguments.toArray());
      }
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static boolean mustBePresent(AnnotatedType type) {
    boolean isPrimitive = type.getType() instanceof Class<?> named && named.isPrimitive();
    return !isPrimitive && !type.isAnnotationPresent(Nullable.class);
  }

  /** Returns an array or a list with null in it, if the parameter takes one but none with null. */
  private static @Nullable Object withNull(Parameter parameter) {
    if (parameter.getType() == List.class) {
      return Collections.singletonList(null);
    }
    boolean isRefused = parameter.getAnnotatedType() instanceof AnnotatedArrayType array
        && mustBePresent(array.getAnnotatedGenericComponentType());
    return isRefused ? Array.newInstance(parameter.getType().getComponentType(), 1) : null;
  }

  /** Returns what a host calls of a type; what it implements is called by the library. */
  private List<Executable> called(Class<?> type) {
    List<Executable> all = new ArrayList<>();
    if (!Modifier.isAbstract(type.getModifiers())) {
      all.addAll(List.of(type.getConstructors()));
    }
    Arrays.stream(type.getDeclaredMethods())
        .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
        .filter(method -> !Modifier.isAbstract(method.getModifiers()) || samples.has(type))
        .filter(method -> !implementsOurs(type, method))
        .filter(method -> !method.getName().equals("equals"))
        .filter(method -> !(type.isEnum() && method.getName().equals("valueOf")))
        .forEach(all::add);
    return all;
  }

  private static boolean implementsOurs(Class<?> type, Method method) {
    return Arrays.stream(type.getInterfaces())
        .filter(implemented -> implemented.getName().startsWith("dev.webhooks."))
        .flatMap(implemented -> Arrays.stream(implemented.getMethods()))
        .anyMatch(known -> known.getName().equals(method.getName()));
  }

  private static List<Class<?>> types() throws Exception {
    List<Class<?>> types = new ArrayList<>();
    types.add(RetrySchedule.class);
    types.add(AesGcmSecretCipher.class);
    for (Class<?> root : List.of(Webhooks.class, TestWebhooks.class)) {
      Path classes =
          Path.of(root.getProtectionDomain().getCodeSource().getLocation().toURI());
      for (String name : PACKAGES) {
        Path folder = classes.resolve("dev/webhooks" + name);
        if (Files.isDirectory(folder)) {
          types.addAll(types(classes, folder));
        }
      }
    }
    return types;
  }

  private static List<Class<?>> types(Path classes, Path folder) throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      List<String> names = files
          .map(file -> classes.relativize(file).toString())
          .filter(name -> name.endsWith(".class") && !name.endsWith("-info.class"))
          .map(name -> name.substring(0, name.length() - ".class".length()))
          .sorted()
          .toList();
      List<Class<?>> types = new ArrayList<>();
      for (String name : names) {
        Class<?> type = Class.forName(name.replace('/', '.').replace('\\', '.'));
        if (isForHosts(type)) {
          types.add(type);
        }
      }
      return types;
    }
  }

  /** Returns whether a type is public and no test of the library's own. */
  private static boolean isForHosts(@Nullable Class<?> type) {
    return type == null
        || (Modifier.isPublic(type.getModifiers())
            && !type.getName().endsWith("Contract")
            && isForHosts(type.getEnclosingClass()));
  }
}
