package io.visor.sim.cells;

import io.visor.sim.world.Scene.Moment;
import java.lang.reflect.Method;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.ParameterDeclarations;

/// Gives a test of a [Cell] each moment of its phase, with each value of its second argument.
final class Moments implements ArgumentsProvider {

    @Override
    public Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context) {
        Method test = context.getRequiredTestMethod();
        Stream<Moment> moments = test.getAnnotation(Cell.class).in().moments().stream();
        return test.getParameterCount() == 1
                ? moments.map(Arguments::of)
                : moments.flatMap(moment ->
                        Stream.of(test.getParameterTypes()[1].getEnumConstants())
                                .map(other -> Arguments.of(moment, other)));
    }
}
