"""The program for spark-submit: features of a manifest's photos, from any filesystem to any filesystem."""

import click

from likeness.spark.session import SparkMissing, spark_session


@click.command()
@click.argument("manifest")
@click.option("--root", required=True, help="address that the manifest's paths are relative to")
@click.option("--out", required=True, help="address of the Parquet folder to write")
@click.option("--backbone", required=True, help="a torchvision classification network, or facenet")
@click.option("--weights", default="DEFAULT", show_default=True, help="enum name, file, or none (of the driver)")
@click.option("--layer", default="pool", show_default=True)
@click.option("--rendering", type=click.Choice(["photo", "mirror", "crop"]), default="photo", show_default=True)
@click.option("--image-size", default=0, show_default=True, help="px; 0: the network's own")
@click.option("--batch-size", default=16, show_default=True, type=click.IntRange(1))
@click.option("--device", type=click.Choice(["cpu", "cuda"]), default="cpu", show_default=True)
@click.option("--seed", default=0, show_default=True, help="of random weights")
@click.option("--master", default="", help="of the cluster, where spark-submit was not given one")
def main(manifest: str, root: str, out: str, backbone: str, weights: str, layer: str, rendering: str, image_size: int,
         batch_size: int, device: str, seed: int, master: str) -> None:  # fmt: skip
    """Compute the features of every photo in MANIFEST, a Parquet table like data/<study>/photos.parquet.

    It needs the columns photo_id and path; a manifest of crops also width, height, x0, y0, x1, y1.
    """
    try:
        session = spark_session(master)
        from likeness.features.extractors import load_extractor
        from likeness.features.face_features import crop_rendering
        from likeness.features.renderings import MIRROR, PHOTO
        from likeness.spark.extract_spark import features_to_parquet
        from likeness.spark.jobs import Sight

        network = load_extractor(backbone, weights, seed=seed, image_size=image_size, layer=layer)
        shown = {"photo": PHOTO, "mirror": MIRROR, "crop": crop_rendering()}[rendering]
        sight = Sight(shown, image_size or network.size, batch_size, device)
        photos = session.read.parquet(manifest).toPandas()
        record = features_to_parquet(photos, network, sight, out, session=session, root=root)
    except (SparkMissing, ValueError, FileNotFoundError) as error:
        raise click.ClickException(" ".join(str(error).split())) from error
    click.echo(f"{record.rows} photos: {record.computed} embedded, {record.quarantined} quarantined; wrote {out}")
    session.stop()


if __name__ == "__main__":
    main()
