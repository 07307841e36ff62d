package io.visor.model;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the word that somebody meant who has mistyped it.
public final class Typos {

    /// A word is taken for another one up to one slip in this many letters.
    private static final int LETTERS_A_SLIP = 3;

    private static final int MAX_SLIPS = 2;

    private Typos() {}

    /// The known word that is nearest to a mistyped one.
    ///
    /// @return nothing if none is near
    public static Optional<String> nearest(String word, Collection<String> known) {
        int most = Math.clamp(word.length() / LETTERS_A_SLIP, 1, MAX_SLIPS);
        return known.stream()
                .filter(candidate -> slips(word, candidate) <= most)
                .min(Comparator.comparingInt(candidate -> slips(word, candidate)));
    }

    /// How many letters were left out, put in, changed, or swapped with their neighbour (the
    /// optimal string alignment distance).
    private static int slips(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        Arrays.setAll(last, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int changed = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, Math.min(last[j], row[j - 1]) + 1);
                boolean swapped =
                        i > 1
                                && j > 1
                                && a.charAt(i - 1) == b.charAt(j - 2)
                                && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            beforeLast = last;
            last = row;
        }
        return last[b.length()];
    }
}
