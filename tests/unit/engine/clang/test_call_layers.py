"""The order in which functions are inlined."""

from __future__ import annotations

from asn2fpga.engine.clang.call_layers import call_layers


def function(name: str, *calls: str) -> str:
    lines = "".join(f"  call void @{called}()\n" for called in calls)
    return f"define void @{name}() {{\n{lines}  ret void\n}}\n"


def test_functions_come_after_all_that_they_call() -> None:
    text = function("top", "middle", "leaf") + function("leaf", "printf") + function("middle", "leaf", "leaf")
    assert call_layers(text) == [{"leaf"}, {"middle"}, {"top"}]


def test_a_name_in_quotes_is_found() -> None:
    text = function('"gr\\C3\\BCn"') + function("top", '"gr\\C3\\BCn"')
    assert call_layers(text) == [{"grün"}, {"top"}]


def test_recursion_ends() -> None:
    text = function("a", "b") + function("b", "c") + function("c", "a", "c", "leaf") + function("leaf")
    layers = call_layers(text)
    assert layers[0] == {"leaf"} and set().union(*layers) == {"a", "b", "c", "leaf"}


def test_a_long_chain_is_no_deep_recursion() -> None:
    text = "".join(function(f"f{number}", f"f{number + 1}") for number in range(3000)) + function("f3000")
    layers = call_layers(text)
    assert len(layers) == 3001 and layers[0] == {"f3000"} and layers[-1] == {"f0"}


def test_a_module_without_functions_has_no_layers() -> None:
    assert call_layers("declare void @asn_pipeline(i32)\n") == []
