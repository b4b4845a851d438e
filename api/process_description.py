"""How a process of OGC API - Processes describes itself, and how the body of an execution is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.features.collections import link
from hotspots.errors import QueryError

MAX_BODY = 1_000_000
Inputs = TypeVar("Inputs", bound=BaseModel)


class Execution(BaseModel, Generic[Inputs]):
    """The body of an execution."""

    inputs: Inputs


@dataclass(frozen=True)
class Process(Generic[Inputs]):
    """One process: ``control`` is ``sync-execute`` or ``async-execute``, ``output`` the name of what it gives."""

    id: str
    title: str
    description: str
    control: str
    inputs: type[Inputs]
    output: str

    @property
    def body_schema(self) -> dict[str, Any]:
        """The JSON schema of an execution's body, for the OpenAPI description."""
        return {
            "requestBody": {
                "required": True,
                "content": {"application/json": {"schema": Execution[self.inputs].model_json_schema()}},  # type: ignore[name-defined]
            }
        }

    def summary(self, base: str) -> dict[str, Any]:
        """What the list of processes says of it; ``base`` is the service's address."""
        at = f"{base}processes/{self.id}"
        return {
            "id": self.id,
            "title": self.title,
            "description": self.description,
            "version": "1.0.0",
            "jobControlOptions": [self.control],
            "outputTransmission": ["value"],
            "links": [
                link("self", at, "application/json", "Description"),
                link(
                    "http://www.opengis.net/def/rel/ogc/1.0/execute", f"{at}/execution", "application/json", "Execute"
                ),
            ],
        }

    def full(self, base: str) -> dict[str, Any]:
        """What it takes and gives."""
        schema = self.inputs.model_json_schema()
        required = schema.get("required", ())
        return {
            **self.summary(base),
            "inputs": {
                name: {"title": name, "schema": part, "minOccurs": int(name in required)}
                for name, part in schema["properties"].items()
            },
            "outputs": {self.output: {"title": self.output.capitalize(), "schema": {"type": "object"}}},
        }

    def read(self, body: bytes) -> Inputs:
        """The inputs in the ``body`` of an execution.

        Raises
        ------
        QueryError
            Naming the first field that is wrong.
        """
        try:
            return Execution[self.inputs].model_validate_json(body).inputs  # type: ignore[name-defined,no-any-return]
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise QueryError(f"{first['msg']}.", field=where or "body", remedy=f"See /processes/{self.id}.") from error


async def limited(request: Request) -> bytes:
    """The body, read no further than MAX_BODY.

    Raises
    ------
    QueryError
        If it is longer.
    """
    parts: list[bytes] = []
    async for part in request.stream():
        parts.append(part)
        if sum(map(len, parts)) > MAX_BODY:
            raise QueryError(f"is longer than {MAX_BODY} bytes.", field="body", remedy="Ask for less at once.")
    return b"".join(parts)
