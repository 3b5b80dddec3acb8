package dev.gatun.ptx.exec;

import dev.gatun.ptx.PtxType;
import dev.gatun.ptx.StateSpace;
import dev.gatun.ptx.verify.Argument;
import dev.gatun.ptx.verify.Operation;
import java.util.List;

/** Bulk copies, tensor copies, and what blocks of a cluster have in common. */
final class BulkLowering {
    private final Emitter emitter;
    private final MemoryLowering memory;

    BulkLowering(Emitter emitter, MemoryLowering memory) {
        this.emitter = emitter;
        this.memory = memory;
    }

    /** {@code cp.async.bulk} and {@code cp.reduce.async.bulk}. */
    Step copy(Operation o) {
        if (o.has("commit_group")) {
            return BulkControl.commit();
        }
        if (o.has("wait_group")) {
            return BulkControl.await((int) ((Argument.Constant) o.argument(0)).bits(), o.has("read"));
        }
        if (o.has("tensor")) {
            return tensorCopy(o);
        }
        if (o.has("prefetch")) {
            Address from = memory.address(o, 0);
            return new BulkPrefetch(from, emitter.source(o, 1));
        }
        Address to = memory.address(o, 0);
        Address from = memory.address(o, 1);
        int size = emitter.source(o, 2);
        Address barrier = o.word("D").equals("global") ? null : memory.address(o, 3);
        int ranks = o.has("W") ? emitter.source(o, 4) : -1;
        policy(o);
        Reduction reduction = o.has("M")
                ? new Reduction(Reduction.Op.of(o.word("M")), o.selection().type("T"))
                : null;
        return new BulkCopyStep(to, from, size, barrier, ranks, reduction);
    }

    private Step tensorCopy(Operation o) {
        if (o.has("prefetch")) {
            Argument.Tensor tensor = (Argument.Tensor) o.argument(0);
            int[] coordinates = coordinates(tensor);
            policy(o);
            return new TensorPrefetch(emitter.memory(tensor.map(), StateSpace.GENERIC), coordinates);
        }
        boolean stores = o.word("D").equals("global");
        Argument.Tensor tensor = (Argument.Tensor) o.argument(stores ? 0 : 1);
        Address map = emitter.memory(tensor.map(), StateSpace.GENERIC);
        int[] coordinates = coordinates(tensor);
        Address shared = memory.address(o, stores ? 1 : 0);
        Address barrier = stores ? null : memory.address(o, 2);
        int ranks = o.has("W") ? emitter.source(o, 3) : -1;
        policy(o);
        Reduction.Op reduction = o.has("M") ? Reduction.Op.of(o.word("M")) : null;
        return new TensorCopyStep(map, coordinates, shared, barrier, ranks, reduction);
    }

    private int[] coordinates(Argument.Tensor tensor) {
        List<Argument> written = tensor.coordinates();
        int[] slots = new int[written.size()];
        for (int n = 0; n < slots.length; n++) {
            slots[n] = emitter.source(written.get(n), Bank.INT, PtxType.S32);
        }
        return slots;
    }

    /** Notes that a cache policy is read, which has no effect. */
    private void policy(Operation o) {
        if (o.has("H")) {
            emitter.source(o, o.arguments().size() - 1);
        }
    }

    Step prefetchMap(Operation o) {
        return new TensorPrefetch(memory.address(o, 0), new int[0]);
    }

    Step storeAsync(Operation o) {
        Address to = memory.address(o, 0);
        Cell[] cells = memory.sources(o, 1);
        return new StoreAsync(to, cells, memory.address(o, 2));
    }

    Step mapAddress(Operation o) {
        Bank bank = Bank.of(o.selection().type("T"));
        int address = emitter.source(o, 1);
        int rank = emitter.source(o, 2);
        return new MapAddress(bank, isGeneric(o, bank), emitter.target(o, 0), address, rank);
    }

    Step clusterRank(Operation o) {
        Bank bank = Bank.of(o.selection().type("T"));
        int address = emitter.source(o, 1);
        return new ClusterRank(bank, isGeneric(o, bank), emitter.target(o, 0), address);
    }

    /** Without a space the address is a generic one, but for variables and in 32 bits, where it can be none. */
    private static boolean isGeneric(Operation o, Bank bank) {
        return !o.has("S") && bank == Bank.LONG && !(o.argument(1) instanceof Argument.AddressOf);
    }

    Step clusterBarrier(Operation o) {
        return new ClusterBarrierStep(o.has("wait"), !o.word("O").equals("relaxed"));
    }
}
