"""What longer proofs need of other programs: a file that comes by jgo, as Neo4j's jars do."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import platformdirs
from jgo.config import GlobalSettings
from jgo.maven import MavenContext

from graphnet.server.binaries import sha256_of

SECONDS = 300  # without a word from where it comes from


@dataclass(frozen=True)
class Artifact:
    """One file of a version, and what its SHA-256 must be."""

    group: str
    name: str
    version: str
    kind: str
    sha256: str
    classifier: str = ""

    def fetched(self) -> Path:
        """Return the file, fetched if it is not there yet."""
        folder = platformdirs.user_cache_path("graphnet") / self.name
        parts = (self.name, self.version, *filter(None, (self.classifier,)))
        kept = folder / f"{'-'.join(parts)}.{self.kind}"
        if not kept.exists() or sha256_of(kept) != self.sha256:
            folder.mkdir(parents=True, exist_ok=True)
            context = MavenContext(repo_cache=folder / "repository", timeout=SECONDS)
            context.remote_repos = {**GlobalSettings.load().repositories, **context.remote_repos}
            found = context.project(self.group, self.name).at_version(self.version)
            shutil.move(context.resolver.download(found.artifact(self.classifier, self.kind)), kept)
            shutil.rmtree(folder / "repository", ignore_errors=True)
        assert sha256_of(kept) == self.sha256
        return kept
