package io.visor;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.BinaryTree;
import com.sun.source.tree.CaseTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ConditionalExpressionTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.ParenthesizedTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// Finds what the code may say to somebody: every text of two words or more that its sources put
/// together, with `<>` for each part that is only known when it runs. Left out are texts that are
/// compared with, descriptions of flags, faults in visor, and lines of the log that tell of nothing
/// wrong.
final class Sentences {

    private static final Pattern WORDS = Pattern.compile("[A-Za-z][a-z]* [a-z]");

    private static final Set<String> COMPARING =
            Set.of(
                    "contains",
                    "endsWith",
                    "equals",
                    "matches",
                    "ofPattern",
                    "replaceAll",
                    "replaceFirst",
                    "startsWith");

    private static final Set<String> FAULTS =
            Set.of("AssertionError", "IllegalStateException", "UncheckedIOException");

    private Sentences() {}

    /// A text in the code.
    ///
    /// @param type the simple name of the file's type
    record Sentence(String type, String text) {}

    /// All of them, in the order of the files.
    static List<Sentence> in(Path sources) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Sentence> found = new ArrayList<>();
        try (StandardJavaFileManager files =
                        compiler.getStandardFileManager(null, Locale.ROOT, null);
                Stream<Path> tree = Files.walk(sources)) {
            List<Path> paths =
                    tree.filter(path -> path.toString().endsWith(".java")).sorted().toList();
            JavacTask task =
                    (JavacTask)
                            compiler.getTask(
                                    null,
                                    files,
                                    null,
                                    List.of(),
                                    null,
                                    files.getJavaFileObjectsFromPaths(paths));
            for (CompilationUnitTree unit : task.parse()) {
                String file = Path.of(unit.getSourceFile().toUri()).getFileName().toString();
                new Finder(file.replace(".java", ""), found).scan(unit, null);
            }
        }
        return found;
    }

    private static final class Finder extends TreePathScanner<@Nullable Void, @Nullable Void> {

        private final String type;
        private final List<Sentence> found;

        Finder(String type, List<Sentence> found) {
            this.type = type;
            this.found = found;
        }

        @Override
        public @Nullable Void visitAnnotation(AnnotationTree node, @Nullable Void unused) {
            return null;
        }

        @Override
        public @Nullable Void visitCase(CaseTree node, @Nullable Void unused) {
            // What stands behind the arrow is said; the label is compared with.
            scan(node.getGuard(), null);
            scan(node.getBody(), null);
            return scan(node.getStatements(), null);
        }

        @Override
        public @Nullable Void visitNewClass(NewClassTree node, @Nullable Void unused) {
            return FAULTS.contains(node.getIdentifier().toString())
                    ? null
                    : super.visitNewClass(node, null);
        }

        @Override
        public @Nullable Void visitMethodInvocation(
                MethodInvocationTree node, @Nullable Void unused) {
            ExpressionTree method = node.getMethodSelect();
            if (method instanceof MemberSelectTree select) {
                String name = select.getIdentifier().toString();
                if (COMPARING.contains(name) || isQuietLog(select, name)) {
                    return scan(select.getExpression(), null);
                }
            }
            return super.visitMethodInvocation(node, null);
        }

        private static boolean isQuietLog(MemberSelectTree method, String name) {
            return method.getExpression() instanceof IdentifierTree object
                    && object.getName().contentEquals("journal")
                    && (name.equals("info") || name.equals("debug"));
        }

        @Override
        public @Nullable Void visitLiteral(LiteralTree node, @Nullable Void unused) {
            add(node);
            return null;
        }

        @Override
        public @Nullable Void visitBinary(BinaryTree node, @Nullable Void unused) {
            if (node.getKind() != Tree.Kind.PLUS) {
                return super.visitBinary(node, null);
            }
            add(node);
            scanParts(node);
            return null;
        }

        /// Looks into the parts that are no texts themselves.
        private void scanParts(ExpressionTree node) {
            switch (node) {
                case BinaryTree sum when sum.getKind() == Tree.Kind.PLUS -> {
                    scanParts(sum.getLeftOperand());
                    scanParts(sum.getRightOperand());
                }
                case ParenthesizedTree inner -> scanParts(inner.getExpression());
                case ConditionalExpressionTree choice -> {
                    scan(choice.getCondition(), null);
                    scanParts(choice.getTrueExpression());
                    scanParts(choice.getFalseExpression());
                }
                case LiteralTree _ -> {}
                default -> scan(node, null);
            }
        }

        private void add(ExpressionTree node) {
            texts(node).stream()
                    .filter(text -> WORDS.matcher(text).find() && !text.strip().contains("\n"))
                    .distinct()
                    .forEach(text -> found.add(new Sentence(type, text.strip())));
        }

        /// What an expression may come to.
        private static List<String> texts(ExpressionTree node) {
            return switch (node) {
                case LiteralTree literal when literal.getValue() instanceof String text ->
                        List.of(text.replaceAll("%[0-9]*[a-zA-Z]", "<>"));
                case ParenthesizedTree inner -> texts(inner.getExpression());
                case ConditionalExpressionTree choice ->
                        Stream.concat(
                                        texts(choice.getTrueExpression()).stream(),
                                        texts(choice.getFalseExpression()).stream())
                                .toList();
                case BinaryTree sum when sum.getKind() == Tree.Kind.PLUS ->
                        texts(sum.getLeftOperand()).stream()
                                .flatMap(left ->
                                        texts(sum.getRightOperand()).stream()
                                                .map(right -> left + right))
                                .toList();
                default -> List.of("<>");
            };
        }
    }
}
