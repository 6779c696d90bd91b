package dev.webhooks.api;

import java.lang.reflect.AnnotatedArrayType;
import java.lang.reflect.AnnotatedParameterizedType;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.AnnotatedTypeVariable;
import java.lang.reflect.AnnotatedWildcardType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes types as a programmer does: without packages, and with a question mark where null may be.
 */
final class TypeNames {
  private TypeNames() {}

  static String of(AnnotatedType type) {
    String mark = type.isAnnotationPresent(Nullable.class) ? "?" : "";
    if (type instanceof AnnotatedArrayType array) {
      return of(array.getAnnotatedGenericComponentType()) + "[]" + mark;
    }
    if (type instanceof AnnotatedParameterizedType parameterized) {
      Class<?> raw = (Class<?>) ((ParameterizedType) type.getType()).getRawType();
      return of(raw) + joined(parameterized.getAnnotatedActualTypeArguments(), "<", ">") + mark;
    }
    if (type instanceof AnnotatedTypeVariable variable) {
      return ((TypeVariable<?>) variable.getType()).getName() + mark;
    }
    if (type instanceof AnnotatedWildcardType wildcard) {
      return wildcard(wildcard);
    }
    return of(type.getType()) + mark;
  }

  private static String wildcard(AnnotatedWildcardType wildcard) {
    AnnotatedType[] lower = wildcard.getAnnotatedLowerBounds();
    if (lower.length > 0) {
      return "? super " + of(lower[0]);
    }
    String upper = of(wildcard.getAnnotatedUpperBounds()[0]);
    return upper.equals("Object") ? "?" : "? extends " + upper;
  }

  static String of(Type type) {
    if (!(type instanceof Class<?> raw)) {
      return type.getTypeName();
    }
    Class<?> outer = raw.getEnclosingClass();
    return (outer == null ? "" : of(outer) + ".") + raw.getSimpleName();
  }

  /** Returns types between brackets, or nothing if there are none. */
  static String joined(AnnotatedType[] types, String open, String close) {
    return types.length == 0
        ? ""
        : Arrays.stream(types).map(TypeNames::of).collect(Collectors.joining(", ", open, close));
  }

  /** Returns the variables that a type or method declares, such as {@code <T extends Event>}. */
  static String declared(TypeVariable<?>[] variables) {
    return variables.length == 0
        ? ""
        : Arrays.stream(variables)
            .map(variable -> variable.getName() + bound(variable))
            .collect(Collectors.joining(", ", "<", ">"));
  }

  private static String bound(TypeVariable<?> variable) {
    String bound = of(variable.getAnnotatedBounds()[0]);
    return bound.equals("Object") ? "" : " extends " + bound;
  }
}
