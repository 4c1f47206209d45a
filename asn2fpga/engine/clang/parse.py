"""Parse the text of an optimised LLVM module into syntax.Module."""

from __future__ import annotations

import re
from itertools import takewhile

from asn2fpga.engine.clang.notes import warnings_of
from asn2fpga.engine.clang.syntax import (
    BasicBlock,
    Function,
    GlobalVariable,
    Instruction,
    IntType,
    LlvmType,
    Module,
    PointerType,
    Typed,
    VoidType,
)
from asn2fpga.engine.clang.tokens import Tokens, plain_name, unquote
from asn2fpga.errors import HlsError

BINARY = frozenset(
    {"add", "sub", "mul", "udiv", "sdiv", "urem", "srem", "and", "or", "xor", "shl", "lshr", "ashr"}
)
CASTS = frozenset({"zext", "sext", "trunc", "freeze", "bitcast", "ptrtoint", "inttoptr"})
NAME = r'(?:[-\w.$]+|"[^"]*")'
_ACCESSED = re.compile(r", !tbaa (![0-9]+)")
_LOOP = re.compile(r", !llvm\.loop (![0-9]+)")
_DEBUG = re.compile(r", !dbg (![0-9]+)")
_FLOAT = re.compile(r"(?<![-%@$\w.])(?:half|bfloat|float|double|x86_fp80|fp128)(?![-$\w.])")
_METADATA_TAIL = re.compile(r",? ![a-z][-\w.]* !\d+")
_VARIABLE = re.compile(rf"#dbg_value\(\w+ %({NAME}), (!\d+), !DIExpression\(\)")


def parse_module(text: str) -> Module:
    """Parse a module. Only defined functions, globals, named types and metadata are kept."""
    type_texts = dict(re.findall(rf"^(%{NAME}) = (type .*)$", text, re.MULTILINE))
    module = Module(types=_parse_types(type_texts), type_texts=type_texts)
    lines = iter(text.split("\n"))
    for line in lines:
        if line.startswith("define "):
            body = list(takewhile(lambda each: each != "}", lines))
            function = _parse_function(line, body, module)
            module.functions[function.name] = function
            module.texts[function.name] = "\n".join([line, *body, "}"])
        elif line.startswith("!"):
            name, _, value = line.partition(" = ")
            module.metadata[name] = value
        elif line.startswith("@llvm.global_ctors = "):
            module.constructors = [plain_name(name) for name in re.findall(rf"ptr @({NAME}), ptr ", line)]
        elif line.startswith("@"):
            _parse_global(line, module)
    module.warnings = warnings_of(module.metadata)
    return module


def _parse_types(texts: dict[str, str]) -> dict[str, LlvmType]:
    """Named types; one may be used in those before it."""
    types: dict[str, LlvmType] = {}
    while True:
        known = dict(types)
        for name, text in texts.items():
            types[unquote(name)] = Tokens(text.removeprefix("type "), known).type()
        if types == known:
            return types


def _parse_global(line: str, module: Module) -> None:
    match = re.match(rf"@({NAME}) = (.*?)\b(global|constant) (.*)", line)
    if match is None or "external" in match[2].split():
        return
    tokens = Tokens(_METADATA_TAIL.sub("", match[4]), module.types)
    type_ = tokens.type()
    name = plain_name(match[1])
    try:
        initial = tokens.initial_bytes(type_)
    except HlsError:  # it holds addresses: refused when it is used
        module.pointers[name] = match[4]
        return
    finally:
        module.texts[name] = line
    module.globals[name] = GlobalVariable(name, type_, match[3] == "constant", initial)


def _parameters(text: str, module: Module) -> tuple[dict[str, LlvmType], frozenset[str]]:
    """Types of parameters by name, and which of them are copies in memory."""
    types: dict[str, LlvmType] = {}
    copied, end = set(), 0
    for found in re.finditer(rf"%({NAME})(?=,|\)|$)", text):
        name, before = plain_name(found[1]), text[end : found.start()].lstrip(", ")
        types[name], end = Tokens(before, module.types).type(), found.end()
        if "dead_on_return" in before or "byval(" in before:
            copied.add(name)
    return types, frozenset(copied)


def _parse_function(header: str, lines: list[str], module: Module) -> Function:
    match = re.search(rf"@({NAME})\((.*)\)", header)
    if match is None:
        raise HlsError(f"LLVM IR: unreadable function header {header[:80]!r}")
    debug = re.search(r"!dbg (!\d+)", header)
    types, copied = _parameters(match[2] + ")", module)
    is_void = header[: match.start()].split()[-1] == "void" and " sret(" not in match[2]
    place = debug[1] if debug else ""
    function = Function(
        plain_name(match[1]), list(types), debug=place, is_void=is_void, types=types, copied=copied
    )
    switch = ""
    for line in lines:
        stripped = line.strip()
        if switch:
            switch += " " + stripped
            if stripped.startswith("]"):
                function.blocks[-1].instructions.append(_parse_instruction(switch, module))
                switch = ""
        elif stripped.startswith("switch ") and "]" not in stripped.partition("[")[2]:
            switch = stripped
        else:
            _parse_line(stripped, function, module)
    return function


def _parse_line(line: str, function: Function, module: Module) -> None:
    if not line or line.startswith(";"):
        return
    if line.startswith("#"):
        variable = _VARIABLE.match(line)
        if variable:
            function.variables.setdefault(plain_name(variable[1]), variable[2])
        return
    label = re.match(rf"({NAME}):(\s|$)", line)
    if label:
        function.blocks.append(BasicBlock(plain_name(label[1])))
        return
    if not function.blocks:
        function.blocks.append(BasicBlock("entry"))
    function.blocks[-1].instructions.append(_parse_instruction(line, module))


def _parse_instruction(line: str, module: Module) -> Instruction:
    debug, loop, accessed = (part.search(line) for part in (_DEBUG, _LOOP, _ACCESSED))
    body = _METADATA_TAIL.sub("", line)
    result = None
    match = re.match(rf"%({NAME}) = (.*)", body)
    if match:
        result, body = plain_name(match[1]), match[2]
    tokens = Tokens(body, module.types)
    tokens.skip_attributes()
    opcode = tokens.take()
    parser = _PARSERS.get(opcode, _binary if opcode in BINARY else _cast if opcode in CASTS else None)
    if opcode in ("load", "store") and tokens.peek() == "atomic":
        parser, opcode = None, f"atomic {opcode}"
    if parser is not None and _FLOAT.search(body):
        parser, opcode = None, "floating"
    try:
        fields = (parser or _unsupported)(tokens)
    except HlsError:
        opcode, fields = f"the {opcode}", _unsupported(tokens)
    # what is not supported is refused with its place when it is read
    found = {"debug": debug, "loop": loop, "accessed": accessed}
    places = {name: match[1] if match else "" for name, match in found.items()}
    return Instruction(opcode=opcode, result=result, **places, **fields)  # type: ignore[arg-type]


Fields = dict[str, object]


def _binary(tokens: Tokens) -> Fields:
    tokens.skip_attributes()
    first = tokens.typed()
    tokens.expect(",")
    return {"type": first.type, "operands": (first, Typed(first.type, tokens.operand()))}


def _cast(tokens: Tokens) -> Fields:
    tokens.skip_attributes()
    value = tokens.typed()
    return {"type": tokens.type() if tokens.accept("to") else value.type, "operands": (value,)}


def _compare(tokens: Tokens) -> Fields:
    tokens.skip_attributes()
    predicate = tokens.take()
    first = tokens.typed()
    tokens.expect(",")
    return {
        "type": IntType(1),
        "predicate": predicate,
        "operands": (first, Typed(first.type, tokens.operand())),
    }


def _select(tokens: Tokens) -> Fields:
    operands = [tokens.typed()]
    while tokens.accept(","):
        operands.append(tokens.typed())
    return {"type": operands[1].type, "operands": tuple(operands)}


def _load(tokens: Tokens) -> Fields:
    volatile = tokens.accept("volatile")
    type_ = tokens.type()
    tokens.expect(",")
    return {"type": type_, "operands": (tokens.typed(),), "volatile": volatile}


def _store(tokens: Tokens) -> Fields:
    volatile = tokens.accept("volatile")
    value = tokens.typed()
    tokens.expect(",")
    return {"type": VoidType(), "operands": (value, tokens.typed()), "volatile": volatile}


def _address(tokens: Tokens) -> Fields:
    tokens.skip_attributes()
    element = tokens.type()
    operands = []
    while tokens.accept(","):
        tokens.skip_attributes()
        operands.append(tokens.typed())
    return {"type": PointerType(), "operands": tuple(operands), "element": element}


def _alloca(tokens: Tokens) -> Fields:
    return {"type": PointerType(), "operands": (), "element": tokens.type()}


def _phi(tokens: Tokens) -> Fields:
    type_ = tokens.type()
    operands, labels = [], []
    while tokens.accept("["):
        operands.append(Typed(type_, tokens.operand()))
        tokens.expect(",")
        labels.append(unquote(tokens.take()))
        tokens.expect("]")
        tokens.accept(",")
    return {"type": type_, "operands": tuple(operands), "labels": tuple(labels)}


def _branch(tokens: Tokens) -> Fields:
    if tokens.accept("label"):
        return {"type": VoidType(), "operands": (), "labels": (unquote(tokens.take()),)}
    condition = tokens.typed()
    labels = []
    while tokens.accept(","):
        tokens.expect("label")
        labels.append(unquote(tokens.take()))
    return {"type": VoidType(), "operands": (condition,), "labels": tuple(labels)}


def _switch(tokens: Tokens) -> Fields:
    value = tokens.typed()
    tokens.expect(",")
    tokens.expect("label")
    labels, cases = [unquote(tokens.take())], []
    tokens.expect("[")
    while not tokens.accept("]"):
        case = tokens.typed().operand
        cases.append(getattr(case, "value", 0))
        tokens.expect(",")
        tokens.expect("label")
        labels.append(unquote(tokens.take()))
    return {"type": VoidType(), "operands": (value,), "labels": tuple(labels), "cases": tuple(cases)}


_PROMISE = "llvm.experimental.noalias"  # of pointers, what a function that was inlined said of its own


def _call(tokens: Tokens) -> Fields:
    tokens.skip_attributes()
    type_ = tokens.type()
    token = tokens.take()
    callee = "" if token.startswith("%") else unquote(token)
    operands = []
    tokens.expect("(")
    while not tokens.accept(")"):
        if tokens.peek() != "metadata":
            operands.append(tokens.typed())
        elif callee.startswith(_PROMISE):
            tokens.take()
            tokens.take()
        else:
            raise HlsError(f"the embedded engine does not take a call of {callee}")
        tokens.accept(",")
    return {"type": type_, "operands": tuple(operands), "callee": callee}


def _return(tokens: Tokens) -> Fields:
    return {"type": VoidType(), "operands": () if tokens.accept("void") else (tokens.typed(),)}


def _unsupported(tokens: Tokens) -> Fields:
    return {"type": VoidType(), "operands": ()}


def _unreachable(tokens: Tokens) -> Fields:
    return {"type": VoidType(), "operands": ()}


_PARSERS = {
    "icmp": _compare,
    "select": _select,
    "load": _load,
    "store": _store,
    "getelementptr": _address,
    "alloca": _alloca,
    "phi": _phi,
    "br": _branch,
    "switch": _switch,
    "call": _call,
    "ret": _return,
    "unreachable": _unreachable,
}
