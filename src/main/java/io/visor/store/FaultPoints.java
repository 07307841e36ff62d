package io.visor.store;

/// Told of every step whose interruption must lose nothing, so that tests can end visor there.
/// Nobody is told otherwise.
public interface FaultPoints {

    /// Nothing happens anywhere.
    FaultPoints NONE =
            new FaultPoints() {
                @Override
                public void before(Object step) {
                    // Nobody wants to know.
                }

                @Override
                public void after(Object step) {
                    // Nobody wants to know.
                }
            };

    /// A step is about to be taken.
    ///
    /// @param step a record or a text that says which
    void before(Object step);

    /// A step has been taken.
    ///
    /// @param step a record or a text that says which
    void after(Object step);
}
