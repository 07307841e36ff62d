package io.visor.process;

import io.visor.model.Secret;
import io.visor.os.Descriptor;
import io.visor.os.OsException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The pipes between one child and visor.
final class Streams implements AutoCloseable {

    private final Launch launch;
    private final Outputs outputs;
    private final @Nullable LineWatcher watcher;
    private final Tail tail;

    /// What is to be closed if the child is not started.
    private final List<Descriptor> own = new ArrayList<>();

    private final @Nullable Descriptor in;
    private final Descriptor.Pipe out;
    private final Descriptor.Pipe err;
    private final List<OutputPump.Flow> flows = new ArrayList<>(2);

    /// Makes them.
    ///
    /// @param watcher is given the child's lines
    /// @throws OsException if there are too many open files
    Streams(Launch launch, Outputs outputs, PipeStock pipes, @Nullable LineWatcher watcher) {
        this.launch = launch;
        this.outputs = outputs;
        this.watcher = watcher;
        this.tail = new Tail(launch.tailBytes());
        Secret input = launch.input();
        try {
            this.in = input == null ? null : own(Descriptor.holding(input.reveal()));
            this.out = own(pipes.take());
            this.err = Targets.isSplit(launch.output()) ? own(pipes.take()) : out;
        } catch (OsException e) {
            close();
            throw e;
        }
    }

    private Descriptor own(Descriptor descriptor) {
        own.add(descriptor);
        return descriptor;
    }

    private Descriptor.Pipe own(Descriptor.Pipe pipe) {
        own.add(pipe.reading());
        own.add(pipe.writing());
        return pipe;
    }

    /// The child's standard input; null: nothing to read.
    @Nullable Descriptor in() {
        return in;
    }

    /// The child's standard output.
    Descriptor out() {
        return out.writing();
    }

    /// The child's standard error.
    Descriptor err() {
        return err.writing();
    }

    /// The child has its ends; what it writes is carried from now on, until [#childIsGone].
    void childHasThem() {
        if (in != null) {
            in.close();
        }
        flows.add(outputs.carryOut(launch, out.reading(), watcher, tail));
        // The pump closes it.
        own.remove(out.reading());
        if (err != out) {
            flows.add(outputs.carryErr(launch, err.reading(), watcher, tail));
            own.remove(err.reading());
        }
    }

    /// The child has ended: its output is at its end, unless somebody has inherited it.
    void childIsGone() {
        out.writing().close();
        err.writing().close();
    }

    /// The last lines that the child has written.
    List<String> lastLines(int most) {
        flows.forEach(OutputPump.Flow::drain);
        return tail.lastLines(most);
    }

    /// The end of what the child has written.
    String tail() {
        flows.forEach(OutputPump.Flow::drain);
        return tail.text();
    }

    @Override
    public void close() {
        own.forEach(Descriptor::close);
    }
}
