"""Six photos of two arrangements, and who copied whom."""

import pandas as pd
import pytest

from likeness.compare.role_models import role_models


@pytest.fixture
def photos():
    return pd.DataFrame(
        {
            "photo_id": list("abcdefg"),
            "arrangement": ["s/1", "s/1", "s/1", "s/2", "s/2", None, "s/1"],
            "taken_at": pd.to_datetime(
                ["2020-01-03", "2020-01-01", "2020-01-11", "2021-05-05", None, "2019-01-01", "2020-01-12"]
            ),
            "duplicate_group": ["1", "2", "3", "4", "5", "6", "3"],
        }
    )


def test_earliest_photo_leads(photos):
    table = role_models(photos)
    assert len(table) == 1  # s/2 has one dated photo: nobody dated copies it
    row = table.iloc[0]
    assert (row["arrangement"], row["role_model"], row["copies"], row["days"]) == ("s/1", "b", 2, 10)
    assert (row["same_time"], row["undated"]) == (0, 0)
    assert row["last_at"] == pd.Timestamp("2020-01-11")  # g is the same file as c


def test_photos_without_a_date_are_counted(photos):
    photos.loc[0, "taken_at"] = pd.NaT
    row = role_models(photos).iloc[0]
    assert (row["role_model"], row["copies"], row["undated"]) == ("b", 1, 1)


def test_the_same_date_leads_nobody(photos):
    photos["taken_at"] = pd.Timestamp("2020-01-01")
    row = role_models(photos).iloc[0]
    assert (row["role_model"], row["copies"], row["same_time"], row["days"]) == ("a", 0, 2, 0)


def test_no_dates_no_role_models(photos):
    photos["taken_at"] = pd.NaT
    assert role_models(photos).empty
