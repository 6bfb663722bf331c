"""Tests of recordings_site/policies/setup."""
