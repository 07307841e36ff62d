package io.visor.sim.disk.conformance;

import java.util.Arrays;

/// A use of a file system.
///
/// @param name for people
record Step(String name, Action action) {

    /// What is done.
    interface Action {
        /// Does it.
        ///
        /// @return what came out
        Object on(World world) throws Exception;
    }

    /// Does it.
    ///
    /// @return what came out, a failure included, with nothing in it that tells the worlds apart
    String on(World world) {
        try {
            Object result = action.on(world);
            String text =
                    result instanceof byte[] bytes
                            ? bytes.length + " bytes " + Arrays.hashCode(bytes)
                            : result.toString();
            return world.hideRoot(text);
        } catch (Exception e) {
            return world.hideRoot(e.getClass().getSimpleName() + ": " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
