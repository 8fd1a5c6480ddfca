"""`lienthong import`: bring files into the database."""

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from http import HTTPStatus
from itertools import batched
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.progress import track
