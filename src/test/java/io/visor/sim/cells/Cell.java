package io.visor.sim.cells;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/// A test of one cell of the table. It is run for each moment of the phase, which is its first
/// argument; a second one that is an enum is run through as well.
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ArgumentsSource(Moments.class)
@interface Cell {

    /// What happens.
    Occurrence when();

    /// How far the upgrade is when it does.
    Phase in();

    /// What follows: the words of the cell. Empty if another test of the cell says it.
    String then() default "";
}
