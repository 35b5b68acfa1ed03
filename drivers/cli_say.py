"""`hall-devices say` and `hall-devices bank`: hears a call, and cares for a hall's own recordings; knows no ticket."""

from __future__ import annotations

from pathlib import Path

import click

from drivers.address import parse_address
from drivers.announcement import call_tokens
from drivers.bank import as_sentence, build, check, measured
from drivers.cli_faults import one_sentence
from drivers.clips import Clips
from drivers.errors import Unsupported
from drivers.sound import announcement_comment, write_wav
from drivers.speaker import create

_LANGUAGE = click.option("--language", default="zh-CN", show_default=True, help="zh-CN or en.")
_WINDOW = click.argument("window", type=click.IntRange(1, 999))
_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.argument("label")
@_WINDOW
@_LANGUAGE
@click.option("--speaker", default="alsa://default", show_default=True, help="alsa://CARD or simulated://NAME.")
@click.option("--bank", type=_FOLDER, help="Folder of the hall's own recordings.")
@one_sentence
def say(label: str, window: int, language: str, speaker: str, bank: Path | None) -> None:
    """Call ticket LABEL to WINDOW aloud, like "A001" 3."""
    device = create(parse_address(speaker), bank=str(bank) if bank else "")
    try:
        device.say(call_tokens(label, window, language), language)
        state = device.state()
    finally:
        device.close()
    if state.health != "ok":
        raise click.ClickException(f"Only the chime was heard: {state.detail}")
    click.echo(f"Said in {language} at {speaker}.")


@click.group(no_args_is_help=False)
def bank() -> None:
    """A hall's own recordings of the words of a call."""


@bank.command("build")
@click.argument("folder", type=_FOLDER)
@_LANGUAGE
@one_sentence
def bank_build(folder: Path, language: str) -> None:
    """Make every clip that FOLDER lacks with espeak-ng; recordings are never touched."""
    try:
        built = build(folder, language)
    except OSError as err:
        if isinstance(err, Unsupported):
            raise
        raise click.ClickException(f"{folder} cannot be written ({err.strerror}); choose another folder.") from err
    click.echo(
        f"{len(built.made)} clips made, {built.kept} were there: {', '.join(built.made) or 'nothing was missing'}."
    )


@bank.command("check")
@click.argument("folder", type=_FOLDER)
@click.option("--language", "languages", multiple=True, help="Only this one; repeat it. By preset all with a folder.")
@one_sentence
def bank_check(folder: Path, languages: tuple[str, ...]) -> None:
    """Find clips of FOLDER that are missing, silent, too quiet, cut off or no WAV: a line each, then exit 2."""
    mistakes = check(folder, languages)
    for mistake in mistakes:
        click.echo(mistake, err=True)
    if mistakes:
        raise SystemExit(2)
    click.echo(f"{folder}: every word is there and can be played.")


@bank.command("play")
@click.argument("folder", type=_FOLDER)
@click.argument("label")
@_WINDOW
@_LANGUAGE
@click.option("--to", "path", required=True, type=click.Path(path_type=Path, dir_okay=False), help="WAV file to write.")
@one_sentence
def bank_play(folder: Path, label: str, window: int, language: str, path: Path) -> None:
    """Write the call of ticket LABEL to WINDOW into a WAV file, as a speaker would play it, and say how loud it is."""
    tokens = call_tokens(label, window, language)
    announcement = measured(Clips(folder), tokens, language)
    try:
        path.write_bytes(write_wav(announcement.sound, announcement_comment(language, tokens)))
    except OSError as err:
        raise click.ClickException(f"{path} cannot be written ({err.strerror}); choose another place.") from err
    click.echo(f"{path}: {as_sentence(announcement)}.")
