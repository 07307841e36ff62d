package io.visor.json;

import io.visor.model.VisorException;

/// A text is not the JSON that was expected.
public final class JsonException extends VisorException {

    private static final long serialVersionUID = 1;

    public JsonException(String why) {
        super(why);
    }
}
