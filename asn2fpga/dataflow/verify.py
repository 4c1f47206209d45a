"""What every dataflow obeys: one writer and one reader for each stream, and an order of reading that cannot
block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.dataflow.depths import node_of, waits_for_a_step, words_of_a_step
from asn2fpga.errors import RuleError

Complaints = Iterator[str]


def check_dataflow(flow: Dataflow) -> None:
    """Raise RuleError with the first complaint."""
    for rule in DATAFLOW_RULES:
        for complaint in rule(flow):
            raise RuleError(f"{flow.graph.name}: {complaint}.")


def every_stream_has_two_ends(flow: Dataflow) -> Complaints:
    """A stream is written by one process and read by one, the ports by one each."""
    written = [stream for process in flow.processes for stream in process.writes]
    read = [stream for process in flow.processes for stream in process.reads]
    for stream in flow.streams:
        for what, found in (("written", written), ("read", read)):
            if found.count(stream) != 1:
                yield f"stream {stream} must be {what} by one process, not {found.count(stream)}"
    entry, leave = flow.ports
    for port, found in ((entry, read), (leave, written)):
        if found.count(port) != 1:
            yield f"port {port} must be that of one process, not {found.count(port)}"


def names_are_unique(flow: Dataflow) -> Complaints:
    """Configs, ROMs, processes and streams of all layers share one file, where case does not count."""
    taken: set[str] = set()
    for block in flow.blocks:
        configs, roms = (one.name for one in block.configs), (one.name for one in block.roms)
        processes, streams = (one.name for one in block.processes), (one.name for one in block.streams)
        for name in chain(configs, roms, processes, streams):
            if name.lower() in taken:
                yield f"{name}, in layer {block.name}, must be the name of one thing, not of two"
            taken.add(name.lower())


def writers_come_first(flow: Dataflow) -> Complaints:
    """A process stands after those that write what it reads, unless it sends a time step before it reads it:
    run one after the other, or time step by time step where there is a loop, none waits.
    """
    done: set[str] = set()
    for process in flow.processes:
        for stream in process.reads:
            if stream in flow.streams and stream not in done and not process.looks_back:
                yield f"process {process.name} must come after the one that writes {stream}"
        done.update(process.writes)


def streams_are_read_in_network_order(flow: Dataflow) -> Complaints:
    """A process takes what earlier nodes send before what later ones do, frames first: then nothing it waits
    for can wait for it, as long as the rules below hold (docs/spec/dataflow.md).
    """
    order = {node.name: position for position, node in enumerate(flow.graph.layers)}
    for process in flow.processes:
        if process.in_any_order:
            continue
        streams = [
            stream
            for stream in process.reads
            if stream in flow.streams and flow.streams[stream].raster is None
        ]
        places = [order[node_of(flow, stream)] for stream in streams]
        if places != sorted(places):
            yield f"process {process.name} must read its streams in the order of the network, not {streams}"


def loops_wait_in_one_stream(flow: Dataflow) -> Complaints:
    """What looks back reads one stream and writes one, which holds a time step: nothing holds it up."""
    for process in flow.processes:
        if process.looks_back and not (len(process.reads) == 1 == len(process.writes)):
            yield (
                f"process {process.name}, which looks back, must read one stream and write one, not "
                f"{len(process.reads)} and {len(process.writes)}"
            )
        for stream in process.writes if process.looks_back else ():
            if not flow.streams[stream].words:
                yield f"stream {stream} must be one that holds a time step, not {flow.streams[stream].depth}"


def depths_hold_a_word(flow: Dataflow) -> Complaints:
    """A FIFO has room for a word at least."""
    for stream in flow.streams.values():
        if stream.depth < 1:
            yield f"stream {stream.name} must hold a word at least, not {stream.depth}"


def streams_that_wait_hold_a_step(flow: Dataflow) -> Complaints:
    """Where a process reads one layer twice, the second copy waits for the whole time step of the first;
    where it reads in an order of its own, any stream waits for another.
    """
    for process in flow.processes:
        for stream in process.reads:
            if stream in flow.streams and waits_for_a_step(flow, process, stream):
                needed, depth = words_of_a_step(flow, stream), flow.streams[stream].depth
                if depth < needed:
                    yield f"stream {stream} must hold {needed} words, all of a time step, not {depth}"


def packed_words_of_a_step_fit(flow: Dataflow) -> Complaints:
    """Counts and currents of a time step have room: who sends both is never held up half-way."""
    for block in flow.blocks:
        for stream in block.streams:
            if stream.depth < stream.words:
                held = f"{stream.words} words, all of a time step"
                yield f"stream {stream.name} must hold {held}, not {stream.depth}"


DATAFLOW_RULES: tuple[Callable[[Dataflow], Complaints], ...] = (
    every_stream_has_two_ends,
    names_are_unique,
    writers_come_first,
    streams_are_read_in_network_order,
    loops_wait_in_one_stream,
    depths_hold_a_word,
    streams_that_wait_hold_a_step,
    packed_words_of_a_step_fit,
)
