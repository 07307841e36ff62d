package io.visor.service.health;

/// What came of a question.
sealed interface Answer {

    /// It is as it should be.
    record Good() implements Answer {}

    /// It is not.
    ///
    /// @param why in words, with who was asked
    record Bad(String why) implements Answer {}
}
