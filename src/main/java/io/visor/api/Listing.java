package io.visor.api;

import io.visor.json.Json;
import java.util.List;
import java.util.function.Function;

/// One page of a listing.
///
/// @param items what is on it
/// @param total how many there are on all pages
/// @param page which page this is, from 1
/// @param size how many items a page holds, at least 1
public record Listing<T>(List<T> items, int total, int page, int size) {

    public Listing {
        items = List.copyOf(items);
        if (page < 1 || size < 1 || total < 0) {
            throw new IllegalArgumentException("no page: " + page + " of size " + size);
        }
    }

    /// A page of all items; a page behind the last one is empty.
    public static <T> Listing<T> of(List<T> all, int page, int size) {
        int from = (int) Math.min((page - 1L) * size, all.size());
        int to = (int) Math.min((long) from + size, all.size());
        return new Listing<>(all.subList(from, to), all.size(), page, size);
    }

    /// How many pages there are; at least 1.
    public int pages() {
        return Math.max(1, Math.ceilDiv(total, size));
    }

    /// The same page of something else.
    public <R> Listing<R> map(Function<T, R> change) {
        return new Listing<>(items.stream().map(change).toList(), total, page, size);
    }

    /// The listing on the wire.
    public Json json(Function<T, Json> item) {
        return Json.object(
                "items",
                items.stream().map(item).toList(),
                "total",
                total,
                "page",
                page,
                "size",
                size,
                "pages",
                pages());
    }

    /// Reads a listing.
    ///
    /// @throws io.visor.json.JsonException if it is none
    public static <T> Listing<T> read(Json json, Function<Json, T> item) {
        int page = Math.max(1, Wire.count(json, "page"));
        int size = Math.max(1, Wire.count(json, "size"));
        return new Listing<>(Wire.list(json, "items", item), Wire.count(json, "total"), page, size);
    }
}
