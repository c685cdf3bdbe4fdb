"""Numba behind a typed door: the few hot loops are compiled once and cached on disk."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit, types
from numba.core import dispatcher

F = TypeVar("F", bound=Callable[..., object])

_PLAIN = (bool, int, float, str, tuple)


def compiled(function: F) -> F:
    """Return ``function`` compiled to machine code at its first call (``numba.njit``, cached).

    No ``fastmath`` and no threads: the same input gives the same bits. What lies in the cache is
    used only as long as nothing has changed: neither the file of the function, nor (numba does
    not look at that by itself) a compiled function or a constant that the file imports.
    """
    return cast(F, _kernel(function, _nrt=True))


def inner(function: F) -> F:
    """Return ``function`` compiled like others, but without counting references to arrays.

    For what makes no array and returns none (numba says so if it does), such as the loops inside
    of loops: to count the references to the arrays of a record, atomically, takes longer than what
    is done with them, and longer to compile.
    """
    return cast(F, _kernel(function, _nrt=False))


def _kernel(function: Callable[..., object], **options: bool) -> Any:
    """Return numba's dispatcher of a function."""
    kernel = njit(cache=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
    index = _index(kernel)
    index._source_stamp = (index._source_stamp, _imported(function.__globals__), options)
    load = index._load_index

    def load_what_is_known() -> Any:
        """Read what the cache holds; nothing where it names modules that are gone by now."""
        try:
            return load()
        except (ImportError, AttributeError):
            return {}

    index._load_index = load_what_is_known
    template = kernel.get_call_template

    def for_any_value(args: tuple[Any, ...], kws: dict[str, Any]) -> Any:
        """Type a call by types only; else a constant among the arguments is compiled for itself."""
        plain = {name: types.unliteral(kind) for name, kind in kws.items()}
        return template(tuple(types.unliteral(kind) for kind in args), plain)

    kernel.get_call_template = for_any_value
    kernel.compile = _uninterrupted(kernel.compile)
    return kernel


def _uninterrupted(compile_now: Callable[..., object]) -> Callable[..., object]:
    """Return a compiler that no garbage collection interrupts: it finds little, and takes long."""

    def compile_without_collecting(signature: object) -> object:
        collects = gc.isenabled()
        gc.disable()
        try:
            return compile_now(signature)
        finally:
            if collects:
                gc.enable()

    return compile_without_collecting


def _index(kernel: Any) -> Any:
    """Return numba's own record of what a kernel's cache was made from."""
    return kernel._cache._cache_file


def _imported(names: dict[str, Any]) -> str:
    """Return one hash over the plain constants and the compiled functions among ``names``."""
    digest = hashlib.sha256()
    for name in sorted(names):
        value = names[name]
        if isinstance(value, dispatcher.Dispatcher):
            digest.update(repr((name, _index(value)._source_stamp)).encode())
        elif isinstance(value, _PLAIN) and not name.startswith("__"):
            digest.update(repr((name, value)).encode())
    return digest.hexdigest()
